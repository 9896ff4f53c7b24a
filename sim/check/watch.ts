/**
 * What etcd promises to whoever watches, held against its own log: events come in the order of revisions, none twice,
 * none left out from where the watch began to what was told last, those of one revision together, each with the value
 * that was there before. Invariant: a violation names the promise and the first event at which it was broken. O(n) in
 * the log and in what was told.
 *
 * The promises are those of etcd's documentation of its API (ordered, unique, reliable, atomic, resumable, bookmarkable).
 */
import type { LogEntry } from '../history/history.js';
import type { Finding } from './check.js';

/** One event as a watcher was told it. */
export interface ToldEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** The new value; empty for a delete. */
  readonly value: string;
  readonly revision: number;
  /** The value before, null where there was none; undefined where it was not asked for. */
  readonly previous?: string | null;
}

/** One watch from its beginning to its end. */
export interface ToldWatch {
  /** The operation that watched. */
  readonly id: string;
  matches(key: string): boolean;
  readonly onlyPuts: boolean;
  readonly start:
    /** It asked for this revision and what came after. */
    | { readonly kind: 'from'; readonly revision: number }
    /** It asked for what was to come: where it begins is its member's to say, which may lag. */
    | { readonly kind: 'now' };
  /** Up to here the log may have been compacted when it was told: what was there before is then not known any more. */
  readonly compactedTo: number;
  /** What came together, in the order in which it came. */
  readonly batches: readonly (readonly ToldEvent[])[];
}

export function checkWatch(log: readonly LogEntry[], watch: ToldWatch): Finding {
  const due = eventsFor(log, watch);
  const violated = (promise: string, message: string, ...revisions: number[]): Finding => ({
    verdict: 'violated',
    message: `${watch.id}, ${promise}: ${message}`,
    operations: [watch.id],
    revisions,
  });
  let next = beginning(due, watch);
  let lastRevision = 0;
  for (const batch of watch.batches) {
    for (const event of batch) {
      const expected = due[next];
      const what = `${event.type} of ${event.key} at revision ${event.revision}`;
      if (expected === undefined || !isSame(event, expected)) {
        const place = due.findIndex((candidate) => isSame(event, candidate));
        if (place === -1) return violated('truthful', `${what} is not in the log`, event.revision);
        if (place < next && event.revision >= lastRevision)
          return violated('unique', `${what} was told twice`, event.revision);
        if (place < next) {
          return violated(
            'ordered',
            `${what} was told after revision ${lastRevision}`,
            event.revision,
            lastRevision,
          );
        }
        const missed = due[next];
        return violated(
          'reliable',
          `${missed?.type} of ${missed?.key} at revision ${missed?.revision} was left out before ${what}`,
          missed?.revision ?? 0,
          event.revision,
        );
      }
      const isForgotten = event.previous === null && watch.compactedTo >= event.revision;
      if (event.previous !== undefined && event.previous !== expected.previous && !isForgotten) {
        return violated(
          'prev_kv',
          `${what} was told to replace ${JSON.stringify(event.previous)}, and replaced ${JSON.stringify(expected.previous)}`,
          event.revision,
        );
      }
      lastRevision = event.revision;
      next += 1;
    }
    const following = due[next];
    if (batch.length > 0 && following?.revision === lastRevision) {
      return violated('atomic', `revision ${lastRevision} was told in parts`, lastRevision);
    }
  }
  return { verdict: 'satisfied' };
}

type DueEvent = Required<ToldEvent>;

/** Every event that the watch is about. */
function eventsFor(log: readonly LogEntry[], { matches, onlyPuts }: ToldWatch): DueEvent[] {
  const present = new Map<string, string>();
  const due: DueEvent[] = [];
  for (const { revision, events } of log) {
    for (const { type, key, value } of events) {
      if (!matches(key)) continue;
      const previous = present.get(key) ?? null;
      if (type === 'put') present.set(key, value);
      else present.delete(key);
      if (onlyPuts && type === 'delete') continue;
      due.push({ type, key, value: type === 'put' ? value : '', revision, previous });
    }
  }
  return due;
}

/** Index of the first event that had to be told. */
function beginning(due: readonly DueEvent[], { start, batches }: ToldWatch): number {
  const told = batches.find((batch) => batch.length > 0)?.[0];
  // Of what was to come: the first revision that it was told, and all of that.
  const from = start.kind === 'from' ? start.revision : (told?.revision ?? Infinity);
  const first = due.findIndex(({ revision }) => revision >= from);
  return first === -1 ? due.length : first;
}

function isSame(event: ToldEvent, expected: DueEvent): boolean {
  return (
    event.revision === expected.revision &&
    event.type === expected.type &&
    event.key === expected.key &&
    event.value === expected.value
  );
}
