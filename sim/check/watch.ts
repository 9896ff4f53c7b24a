/**
 * Checks etcd's promises to a watcher against etcd's own log. Events come in the order of revisions, and none
 * comes twice. None is left out between the watch's beginning and its last event. Those of one revision come
 * together, each with the previous value. After a progress report, no event up to that revision is still to
 * come. A watch that resumes after its stream broke continues at that place. Invariant: a violation names the
 * promise and the first event that broke it. O(n) in the log and in the events.
 *
 * The promises are those of etcd's documentation of its API (ordered, unique, reliable, atomic, resumable,
 * bookmarkable).
 */
import type { LogEntry } from '../history/history.js';
import type { Finding } from './check.js';

/** One event as a watcher received it. */
export interface ToldEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** The new value; empty for a delete. */
  readonly value: string;
  readonly revision: number;
  /** The previous value, null if there was none; undefined if it was not requested. */
  readonly previous?: string | null;
}

/** One watch from its beginning to its end. */
export interface ToldWatch {
  /** The operation that watched. */
  readonly id: string;
  matches(key: string): boolean;
  readonly onlyPuts: boolean;
  readonly start:
    /** It requested this revision and everything after it. */
    | { readonly kind: 'from'; readonly revision: number }
    /** It requested new events only: its member decides where it begins, and may lag. */
    | { readonly kind: 'now' };
  /**
   * Up to here the log may have been compacted when an event was sent: the previous value is then unknown.
   */
  readonly compactedTo: number;
  /** Events that came together, in the order in which they came. */
  readonly batches: readonly (readonly ToldEvent[])[];
  /** The progress reports, in order; none by default. */
  readonly bookmarks?: readonly Bookmark[] | undefined;
  /** The batches before which it was reopened, by index; ascending; none by default. */
  readonly resumedBefore?: readonly number[] | undefined;
}

/** A progress report: every event up to this revision has been sent. */
export interface Bookmark {
  readonly revision: number;
  /** How many batches had come before. */
  readonly afterBatches: number;
}

export function checkWatch(log: readonly LogEntry[], watch: ToldWatch): Finding {
  const telling = new Telling(eventsFor(log, watch), watch);
  const { batches, bookmarks = [] } = watch;
  const resumedBefore = new Set(watch.resumedBefore);
  let passed = 0;
  const passBookmarks = (afterBatches: number): Finding | undefined => {
    for (; passed < bookmarks.length; passed++) {
      const bookmark = bookmarks[passed];
      if (bookmark === undefined || bookmark.afterBatches > afterBatches) return undefined;
      const finding = telling.bookmark(bookmark.revision);
      if (finding !== undefined) return finding;
    }
    return undefined;
  };
  for (const [place, batch] of batches.entries()) {
    const finding = passBookmarks(place) ?? telling.batch(batch, resumedBefore.has(place));
    if (finding !== undefined) return finding;
  }
  return passBookmarks(Infinity) ?? { verdict: 'satisfied' };
}

type Violation = Extract<Finding, { readonly verdict: 'violated' }>;

/** One watch, up to a given event. */
class Telling {
  readonly #due: readonly DueEvent[];
  readonly #watch: ToldWatch;
  /** The index of the first event that had to be sent, and of the next one. */
  readonly #begin: number;
  #next: number;
  #lastRevision = 0;
  #bookmark = 0;

  constructor(due: readonly DueEvent[], watch: ToldWatch) {
    this.#due = due;
    this.#watch = watch;
    this.#begin = this.#next = beginning(due, watch);
  }

  /** No event up to there may still be to come. */
  bookmark(revision: number): Violation | undefined {
    const missed = this.#due[this.#next];
    this.#bookmark = Math.max(this.#bookmark, revision);
    if (missed === undefined || missed.revision > revision) return undefined;
    return this.#violated(
      'bookmarkable',
      `progress to revision ${revision} was announced without ${whatIs(missed)}`,
      missed.revision,
    );
  }

  batch(batch: readonly ToldEvent[], isResumed: boolean): Violation | undefined {
    for (const [place, event] of batch.entries()) {
      const violation = this.#event(event, isResumed && place === 0);
      if (violation !== undefined) return violation;
    }
    const following = this.#due[this.#next];
    if (batch.length === 0 || following?.revision !== this.#lastRevision) return undefined;
    return this.#violated(
      'atomic',
      `revision ${this.#lastRevision} was delivered in parts`,
      this.#lastRevision,
    );
  }

  #event(event: ToldEvent, isFirstResumed: boolean): Violation | undefined {
    const expected = this.#due[this.#next];
    if (expected === undefined || !isSame(event, expected)) return this.#misplaced(event, isFirstResumed);
    const isForgotten = event.previous === null && this.#watch.compactedTo >= event.revision;
    if (event.previous !== undefined && event.previous !== expected.previous && !isForgotten) {
      return this.#violated(
        'prev_kv',
        `${whatIs(event)} was delivered with previous value ${JSON.stringify(event.previous)}, expected ${JSON.stringify(expected.previous)}`,
        event.revision,
      );
    }
    this.#lastRevision = event.revision;
    this.#next += 1;
    return undefined;
  }

  #misplaced(event: ToldEvent, isFirstResumed: boolean): Violation {
    const what = whatIs(event);
    const { revision } = event;
    const last = this.#lastRevision;
    const place = this.#due.findIndex((candidate) => isSame(event, candidate));
    if (place === -1) return this.#violated('truthful', `${what} is not in the log`, revision);
    if (place < this.#next && revision <= this.#bookmark) {
      const after = `${what} was delivered after progress to revision ${this.#bookmark} was announced`;
      return this.#violated('bookmarkable', after, revision);
    }
    if (place < this.#begin) {
      return this.#violated('resumable', `${what} was delivered before the start revision`, revision);
    }
    if (place < this.#next && isFirstResumed) {
      const again = `${what} was delivered again when it resumed after revision ${last}`;
      return this.#violated('resumable', again, revision);
    }
    if (place < this.#next && revision >= last) {
      return this.#violated('unique', `${what} was delivered twice`, revision);
    }
    if (place < this.#next) {
      return this.#violated('ordered', `${what} was delivered after revision ${last}`, revision, last);
    }
    // It is due later, so that another one is due now.
    const missed = this.#due[this.#next] ?? event;
    return this.#violated(
      isFirstResumed ? 'resumable' : 'reliable',
      `${whatIs(missed)} was missing before ${what}`,
      missed.revision,
      revision,
    );
  }

  #violated(promise: string, message: string, ...revisions: readonly number[]): Violation {
    const { id } = this.#watch;
    return { verdict: 'violated', message: `${id}, ${promise}: ${message}`, operations: [id], revisions };
  }
}

function whatIs({ type, key, revision }: ToldEvent): string {
  return `${type} of ${key} at revision ${revision}`;
}

type DueEvent = Required<ToldEvent>;

/** Every event that the watch covers. */
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

/** Index of the first event that had to be sent. */
function beginning(due: readonly DueEvent[], watch: ToldWatch): number {
  const from = firstRevision(watch);
  const first = due.findIndex(({ revision }) => revision >= from);
  return first === -1 ? due.length : first;
}

/** For new events only: that of the first event, or the one after the first bookmark. */
function firstRevision({ start, batches, bookmarks = [] }: ToldWatch): number {
  if (start.kind === 'from') return start.revision;
  const firstBatch = batches.findIndex((batch) => batch.length > 0);
  const [bookmark] = bookmarks;
  if (bookmark !== undefined && (firstBatch === -1 || bookmark.afterBatches <= firstBatch)) {
    return bookmark.revision + 1;
  }
  return batches[firstBatch]?.[0]?.revision ?? Infinity;
}

function isSame(event: ToldEvent, expected: DueEvent): boolean {
  return (
    event.revision === expected.revision &&
    event.type === expected.type &&
    event.key === expected.key &&
    event.value === expected.value
  );
}
