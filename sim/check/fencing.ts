/**
 * Fencing: what a lock guards is written with tokens. A write with an older token than an accepted one must
 * be refused, however long its writer believed that it held the lock. Invariant: for each place the accepted
 * tokens never go back. A violation is the first accepted write with an older token. O(n).
 */

/** A write that was accepted. */
export interface GuardedWrite {
  /** The place that was written. */
  readonly place: string;
  readonly token: number;
  /** When it was accepted: its place in etcd's log. */
  readonly revision: number;
}

/** A write with an older token than an earlier one; `newer` has the newest token of those before. */
export interface StaleWrite {
  readonly newer: GuardedWrite;
  readonly stale: GuardedWrite;
}

/** @param writes in the order in which they were accepted */
export function staleWriteOf(writes: Iterable<GuardedWrite>): StaleWrite | undefined {
  const newest = new Map<string, GuardedWrite>();
  for (const write of writes) {
    const newer = newest.get(write.place);
    if (newer !== undefined && newer.token > write.token) return { newer, stale: write };
    newest.set(write.place, write);
  }
  return undefined;
}
