/**
 * Fencing: what a lock guards is written with tokens, and a write with an older token than one that was accepted before
 * must be refused, however long its writer believed to hold the lock. Invariant: of each place the accepted tokens never
 * go back, and a violation is the first write, in the order in which they were accepted, with an older one. O(n).
 */

/** A write that was accepted. */
export interface GuardedWrite {
  /** What was written. */
  readonly place: string;
  readonly token: number;
  /** When it was accepted: its place in etcd's log. */
  readonly revision: number;
}

/** A write with an older token than one before it; `newer` is the one with the newest token of those. */
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
