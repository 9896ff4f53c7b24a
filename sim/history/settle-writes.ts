/**
 * Which calls made which revisions. What a member answered is known; of a write whose answer nobody ever made, since
 * its client was gone by then, the log tells where no other call can have made the revision. Invariant: no revision
 * is given to two calls, and one that may be of several operations is given to none.
 */
import { isWithin, type Asked, type CallMoment, type KeyRange, type Written } from './calls.js';
import type { Comparison } from './failed-comparison.js';
import type { LogEntry, LogEvent } from './history.js';

export type IntendedChange =
  /** Without a value where the key keeps the one it has. */
  | { readonly type: 'put'; readonly key: string; readonly value?: string }
  | { readonly type: 'delete'; readonly range: KeyRange };

/** What a request may do. */
export interface Intent {
  /** Of each list all happens or nothing, and at most one list happens. */
  readonly branches: readonly (readonly IntendedChange[])[];
  /** The leases under which it puts keys, in decimal. */
  readonly leases: readonly string[];
  /** The lease that it revokes. */
  readonly revokes?: string;
  /** Those of a transaction, whose first branch happens if all of them hold. */
  readonly comparisons?: readonly Comparison[];
}

/** What the request is for, in few words: of a transaction what happens if its comparisons hold. */
export function askedBy({ branches: [first = []], leases, revokes }: Intent): Asked {
  const puts = first.flatMap((change) => (change.type === 'put' ? [change.key] : []));
  const deletes = first.flatMap((change) => (change.type === 'delete' ? [change.range] : []));
  return {
    ...(puts.length === 0 ? {} : { puts }),
    ...(deletes.length === 0 ? {} : { deletes }),
    ...(leases.length === 0 ? {} : { leases }),
    ...(revokes === undefined ? {} : { revokes }),
  };
}

/** A call that may have written. */
export interface Writing {
  readonly node: string;
  readonly operation?: string;
  readonly intent: Intent;
  /** The newest revision that any member had told of when it was sent: what it wrote came later. */
  readonly after: number;
  /** What the member answered, where it did. */
  readonly answer?: { readonly revision: number; readonly wrote: boolean; readonly at: CallMoment };
}

/** What each call wrote, as far as it wrote. @param writings in the order in which they were sent */
export function settleWrites<W extends Writing>(
  writings: readonly W[],
  log: readonly LogEntry[],
): ReadonlyMap<W, Written> {
  const written = new Map<W, Written>();
  const authors = new Map<number, W>();
  const entries = new Map(log.map((entry) => [entry.revision, entry]));
  const give = (writing: W, known: Written['known'], revision: number): void => {
    const at = writing.answer?.at;
    authors.set(revision, writing);
    const changes = (entries.get(revision)?.events ?? []).map(({ key, type }) => ({ key, type }));
    written.set(writing, { revision, known, ...(at === undefined ? {} : { at }), changes });
  };
  for (const writing of writings) {
    if (writing.answer?.wrote === true) give(writing, 'answered', writing.answer.revision);
  }
  const open = new Set(
    writings.filter(({ intent, answer }) => answer === undefined && intent.branches.length > 0),
  );
  for (const { revision, events } of log) {
    if (open.size === 0) break;
    if (authors.has(revision)) continue;
    const able = [...open].filter(
      ({ intent, after }) => after < revision && intent.branches.some((branch) => makes(branch, events)),
    );
    const [first] = able;
    if (first === undefined || !able.every((writing) => isOfOne(first, writing))) continue;
    open.delete(first);
    give(first, 'inferred', revision);
  }
  for (const writing of writings) {
    const { intent, answer } = writing;
    if (intent.revokes === undefined || answer === undefined || authors.has(answer.revision)) continue;
    if (wentWith(intent.revokes, answer.revision, log, authors)) give(writing, 'answered', answer.revision);
  }
  return written;
}

/** A request that is sent again is the same operation's. */
function isOfOne(first: Writing, second: Writing): boolean {
  if (first === second) return true;
  return first.node === second.node && first.operation !== undefined && first.operation === second.operation;
}

function makes(branch: readonly IntendedChange[], events: readonly LogEvent[]): boolean {
  const puts = branch.filter((change) => change.type === 'put');
  const deletes = branch.filter((change) => change.type === 'delete');
  const isPut = ({ key, value }: LogEvent): boolean =>
    puts.some((put) => put.key === key && (put.value === undefined || put.value === value));
  return (
    events.length > 0 &&
    events.filter(({ type }) => type === 'put').length === puts.length &&
    events.every((event) =>
      event.type === 'put' ? isPut(event) : deletes.some(({ range }) => isWithin(range, event.key)),
    )
  );
}

/** Whether the revision took away keys that had been put under the lease, and nothing else. */
function wentWith(
  lease: string,
  revision: number,
  log: readonly LogEntry[],
  authors: ReadonlyMap<number, Writing>,
): boolean {
  const index = log.findIndex((entry) => entry.revision === revision);
  const events = log[index]?.events ?? [];
  const before = log.slice(0, Math.max(0, index));
  return (
    events.length > 0 &&
    events.every(({ type, key }) => {
      const last = before.findLast((entry) => entry.events.some((event) => event.key === key));
      return (
        type === 'delete' &&
        last !== undefined &&
        authors.get(last.revision)?.intent.leases.includes(lease) === true
      );
    })
  );
}
