/**
 * Finds which call made which revision. A member's answer settles it. If a client was gone before its member
 * answered, the log settles it, provided that no other call can have made the revision. Invariant: no
 * revision belongs to two calls, and one that several operations may have made belongs to none.
 */
import { isWithin, type Asked, type CallMoment, type KeyRange, type Written } from './calls.js';
import type { Comparison } from './failed-comparison.js';
import type { LogEntry, LogEvent } from './history.js';

export type IntendedChange =
  /** Without a value if the key keeps its current one. */
  | { readonly type: 'put'; readonly key: string; readonly value?: string }
  | { readonly type: 'delete'; readonly range: KeyRange };

/** What a request may do. */
export interface Intent {
  /** Each list happens completely or not at all, and at most one list happens. */
  readonly branches: readonly (readonly IntendedChange[])[];
  /** The leases under which it puts keys, in decimal. */
  readonly leases: readonly string[];
  /** The lease that it revokes. */
  readonly revokes?: string;
  /** The comparisons of a transaction; if all hold, its first branch happens. */
  readonly comparisons?: readonly Comparison[];
}

/** The purpose of the request in a few words: for a transaction, its branch for when all comparisons hold. */
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
  /** The newest revision that any member had reported when it was sent; its own write came later. */
  readonly after: number;
  /** The member's answer, if there was one. */
  readonly answer?: { readonly revision: number; readonly wrote: boolean; readonly at: CallMoment };
}

/** What each call wrote, if it wrote. @param writings in the order in which they were sent */
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

/** A retried request belongs to the same operation. */
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

/** Whether the revision deleted keys that had been put under the lease, and did nothing else. */
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
