/** Finds the leases that expired. Invariant: a lease that a known call revoked is not among them. */
import { authorsOf, type Call, type CallMoment } from './calls.js';
import type { LogEntry } from './history.js';
import type { LeaseEnd } from './incidents.js';

/**
 * The revisions that no call made and that deleted only keys one node had put under one lease.
 *
 * @param madeAt when a member first made a revision
 * @param renewedAt when a member last renewed a lease
 */
export function leaseEnds(
  calls: readonly Call[],
  log: readonly LogEntry[],
  madeAt: ReadonlyMap<number, CallMoment>,
  renewedAt: ReadonlyMap<string, CallMoment>,
): LeaseEnd[] {
  const authors = authorsOf(calls);
  /** The call that last put each key. */
  const puts = new Map<string, Call | undefined>();
  const ends: LeaseEnd[] = [];
  for (const { revision, events } of log) {
    const author = authors.get(revision);
    const at = madeAt.get(revision);
    const owners = events.map(({ type, key }) => (type === 'delete' ? puts.get(key) : undefined));
    const [owner] = owners;
    const [lease] = owner?.leases ?? [];
    const isOne = owners.every((other) => lease !== undefined && other?.leases?.includes(lease) === true);
    if (author === undefined && at !== undefined && owner !== undefined && lease !== undefined && isOne) {
      const keys = events.map(({ key }) => key);
      const renewed = renewedAt.get(lease) ?? 'never';
      ends.push({ kind: 'lease expired', at, lease, node: owner.node, revision, keys, renewed });
    }
    for (const { type, key } of events) puts.set(key, type === 'put' ? author : undefined);
  }
  return ends;
}
