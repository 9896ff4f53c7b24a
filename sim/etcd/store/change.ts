/**
 * One change of one key: what etcd stores under one revision main.sub. It is a `KeyValue` as it goes over the wire;
 * a delete carries nothing but key and revision. Invariant: never altered once made.
 */
import type { ByteString } from '../byte-string.js';
import type { KeyValue } from '../wire/kv.js';

export class Change implements KeyValue {
  constructor(
    readonly key: ByteString,
    readonly createRevision: number,
    readonly modRevision: number,
    /** Position among the changes of its revision. */
    readonly sub: number,
    /** Writes since the key was created, this one included; 0 for a delete. */
    readonly version: number,
    readonly value: ByteString,
    readonly lease: bigint,
  ) {}

  get isDelete(): boolean {
    return this.version === 0;
  }
}

/** The first position in changes, ascending by revision, at or after `revision`. */
export function positionOf(changes: readonly Change[], revision: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[middle] as Change).modRevision < revision) low = middle + 1;
    else high = middle;
  }
  return low;
}
