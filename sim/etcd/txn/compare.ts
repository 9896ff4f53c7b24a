/**
 * Decides which branch of a transaction is taken. Invariant: every comparison, of nested transactions too, sees the
 * state before the transaction's first write.
 */
import type { ByteString } from '../byte-string.js';
import {
  COMPARE_RESULT,
  COMPARE_TARGET,
  rangeEndOf,
  type Compare,
  type KeyValue,
  type RequestOp,
  type TxnRequest,
} from '../wire/kv.js';
import type { ReadView } from './range.js';

/** A transaction with its branch taken, and so for the transactions in that branch. */
export interface Path {
  readonly succeeded: boolean;
  readonly operations: readonly RequestOp[];
  /** By position among the operations; undefined where the operation is no transaction. */
  readonly nested: readonly (Path | undefined)[];
}

export function choosePath(view: ReadView, request: TxnRequest): Path {
  const succeeded = request.compare.every((compare) => holds(view, compare));
  const operations = succeeded ? request.success : request.failure;
  return {
    succeeded,
    operations,
    nested: operations.map(({ requestTxn }) =>
      requestTxn === undefined ? undefined : choosePath(view, requestTxn),
    ),
  };
}

const ABSENT: KeyValue = {
  key: '',
  createRevision: 0,
  modRevision: 0,
  version: 0,
  value: '',
  lease: 0n,
};

/** Over a range, a comparison holds where it holds for every key; an absent key has zero everywhere and no value. */
function holds(view: ReadView, compare: Compare): boolean {
  const found = view.range(compare.key, rangeEndOf(compare.rangeEnd));
  if (found.kind === 'failed') return false;
  const { kvs } = found.value;
  if (kvs.length === 0) return compare.target !== COMPARE_TARGET.value && matches(compare, ABSENT);
  return kvs.every((kv) => matches(compare, kv));
}

function matches(compare: Compare, kv: KeyValue): boolean {
  const order = orderOf(compare, kv);
  switch (compare.result) {
    case COMPARE_RESULT.equal:
      return order === 0;
    case COMPARE_RESULT.greater:
      return order > 0;
    case COMPARE_RESULT.less:
      return order < 0;
    case COMPARE_RESULT.notEqual:
      return order !== 0;
    default:
      return true;
  }
}

function orderOf(compare: Compare, kv: KeyValue): number {
  switch (compare.target) {
    case COMPARE_TARGET.version:
      return signOf(kv.version, compare.version ?? 0);
    case COMPARE_TARGET.create:
      return signOf(kv.createRevision, compare.createRevision ?? 0);
    case COMPARE_TARGET.mod:
      return signOf(kv.modRevision, compare.modRevision ?? 0);
    case COMPARE_TARGET.value:
      return signOf(kv.value, compare.value ?? '');
    case COMPARE_TARGET.lease:
      return signOf(kv.lease, compare.lease ?? 0n);
    default:
      return 0;
  }
}

function signOf<T extends number | bigint | ByteString>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
