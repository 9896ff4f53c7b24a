/**
 * The last change of each key, of which a few matter if a test finds something wrong at its end. A key that is gone
 * comes before one that is put again and again, and a deletion by etcd before one that a client asked for. Invariant: the
 * newest change is always among them.
 */
import { authorsOf } from '../../history/calls.js';
import type { LogEntry } from '../../history/history.js';
import type { RunResult } from '../../run/run-result.js';

/** Of the last changes of many keys. */
const LAST_MAX = 4;

/** Ascending. @param log the run's, or only the keys in question */
export function lastChanges(result: RunResult, log: readonly LogEntry[] = result.log): number[] {
  const rankOf = rankIn(result);
  const last = new Map<string, { readonly revision: number; readonly rank: number }>();
  for (const { revision, events } of log) {
    for (const { key, type } of events)
      last.set(key, { revision, rank: type === 'delete' ? rankOf(revision) : RANKS.put });
  }
  const changes = [...last.values()].sort((one, other) => other.revision - one.revision);
  const ranked = [...changes].sort((one, other) => other.rank - one.rank);
  const [newest] = changes;
  const revisions = new Set(
    [...(newest === undefined ? [] : [newest]), ...ranked].map(({ revision }) => revision),
  );
  return [...revisions].slice(0, LAST_MAX).sort((left, right) => left - right);
}

const RANKS = { put: 0, deleted: 1, revoked: 2, expired: 3 } as const;

/** How much a deletion tells. */
function rankIn({ calls = [], incidents = [] }: RunResult): (revision: number) => number {
  const authors = authorsOf(calls);
  const expired = new Set(incidents.flatMap((one) => (one.kind === 'lease expired' ? [one.revision] : [])));
  return (revision) => {
    if (expired.has(revision)) return RANKS.expired;
    return authors.get(revision)?.revokes === undefined ? RANKS.deleted : RANKS.revoked;
  };
}
