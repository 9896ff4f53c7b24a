/**
 * Ids that etcd hashes or counts. Cluster and member ids are functions of the names, so that a run can be
 * replayed. Request ids count up from one that no earlier process of the member has used.
 */
import { byteStringOfText } from '../byte-string.js';

/** FNV-1a over the text's bytes, 64 bits, never 0. */
export function idOf(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const character of byteStringOfText(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.charCodeAt(0))) * 0x100000001b3n);
  }
  return hash === 0n ? 1n : hash;
}

/** Request ids of one process of a member, as etcd makes them: 2 bytes of member id, 5 of time, 1 to count from. */
export class RequestIds {
  readonly #prefix: bigint;
  #suffix: bigint;

  /**
   * @param startsBefore how many processes the member has had; it distinguishes two that start in one
   * millisecond
   */
  constructor(memberId: bigint, nowMs: number, startsBefore: number) {
    this.#prefix = BigInt.asUintN(16, memberId) << 48n;
    this.#suffix = (BigInt.asUintN(40, BigInt(Math.trunc(nowMs) + startsBefore)) << 8n) & 0xffff_ffff_ffffn;
  }

  /** The next id, positive as an int64, as lease ids are. */
  next(): bigint {
    this.#suffix = BigInt.asUintN(48, this.#suffix + 1n);
    return BigInt.asUintN(63, this.#prefix | this.#suffix);
  }
}
