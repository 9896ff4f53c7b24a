/** The answers that calls received: keys that they read, missed, counted and watched, as steps of a story. */
import { isWithin, type Call, type KeyRange, type KeyRead, type Watched } from '../../history/calls.js';
import { absentText, countText, emptyText, readText, watchText } from './call-text.js';
import type { KeyAt, Missed } from './missed-changes.js';
import type { Received } from './received-changes.js';
import { WEIGHTS } from './recorded-run.js';
import { causeOf } from './run-index.js';
import type { Telling } from './telling.js';

/** How many reads of one operation count, the last ones. */
export const READS_MAX = 8;

/** How many watches of one operation count, the last ones. */
const WATCHES_MAX = 2;

export class Reads {
  constructor(private readonly story: Telling) {}

  /** Reads that arrived together are one step. */
  addReads(calls: readonly Call[], beforeOrder: number, touched: Set<string>): void {
    const answers = new Map<string, { readonly call: Call; readonly reads: KeyRead[] }>();
    for (const call of calls) {
      const wanted = call.reads.filter(
        ({ key, at }) => at.order < beforeOrder && this.story.relevant.has(key),
      );
      if (wanted.length > READS_MAX) this.story.book.complete = false;
      for (const read of wanted.slice(-READS_MAX)) {
        touched.add(read.key);
        // The value found by a failed comparison is reported with the refusal.
        if (this.story.isOwn(call, read.revision) || call.failed?.revision === read.revision) continue;
        const name = `${read.at.timeUs} ${call.watches.length > 0}`;
        const answer = answers.get(name) ?? { call, reads: [] };
        answers.set(name, answer);
        answer.reads.push(read);
      }
    }
    for (const { call, reads } of answers.values()) {
      const [first] = reads;
      if (first === undefined) continue;
      const names = reads.map(({ key, revision }) => `${key}@${revision}`).join(' ');
      const added = this.story.add(`read ${this.story.index.nameOf(call)} ${names}`, call, first.at, {
        ...{ kind: 'read', what: readText(this.story.index, call, reads), revision: first.revision },
        weight: this.story.weigh(call, WEIGHTS.read),
      });
      // The author read its input before it sent the write; nothing more is known about that read.
      if (added) for (const { revision } of reads) this.story.addMaker(revision, undefined);
    }
  }

  /** A change that its node received from a watch; the last one of a node matters most. */
  addReceived({ call, reads, isLast }: Received): void {
    const [first] = reads;
    if (first === undefined) return;
    const names = reads.map(({ key, revision }) => `${key}@${revision}`).join(' ');
    this.story.add(`read ${this.story.index.nameOf(call)} ${names}`, call, first.at, {
      ...{ kind: 'read', what: readText(this.story.index, call, reads), revision: first.revision },
      weight: isLast ? WEIGHTS.refused : WEIGHTS.read + WEIGHTS.ofWitness,
    });
  }

  /** Absent keys, and counts. */
  addLooks(call: Call, beforeOrder: number, touched: Set<string>): void {
    for (const look of call.looks) {
      if (look.at.order >= beforeOrder) continue;
      const { key, rangeEnd, count, complete, revision, at } = look;
      const weight = this.story.weigh(call, WEIGHTS.read);
      if (count !== undefined) {
        if (!this.#concerns(call, look)) continue;
        const what = countText(this.story.index, call, look, count);
        this.story.add(`counted ${this.story.index.nameOf(call)} ${what}`, call, at, {
          kind: 'read',
          what,
          weight,
        });
      } else if (!complete || call.reads.some((read) => isWithin(look, read.key))) {
        continue;
      } else if (rangeEnd !== undefined) {
        if (!this.#concerns(call, look)) continue;
        const what = emptyText(this.story.index, call, look);
        this.story.add(`empty ${this.story.index.nameOf(call)} ${what}`, call, at, {
          kind: 'read',
          what,
          weight,
        });
      } else if (this.story.relevant.has(key)) {
        touched.add(key);
        const version = this.story.index.versionAt(key, revision);
        const deletion = version?.type === 'delete' ? version.revision : undefined;
        const isOwn = deletion !== undefined && this.story.isOwn(call, deletion);
        if (isOwn || call.failed?.key === key) continue;
        const what = absentText(this.story.index, call, key, deletion);
        const added = this.story.add(`read ${this.story.index.nameOf(call)} ${key} ${deletion}`, call, at, {
          ...{ kind: 'read', what, weight },
          ...(deletion === undefined ? {} : { revision: deletion }),
        });
        if (added) this.story.addMaker(deletion, undefined);
      }
    }
  }

  /** For a range that the witness read: a key in it that the witness touched, if there is one. */
  #concerns(call: Call, range: KeyRange): boolean {
    if (!this.story.isOfWitness(call)) return false;
    return this.story.relevant.size === 0 || [...this.story.relevant].some((key) => isWithin(range, key));
  }

  /** Watches of waiters, and those that etcd ended. */
  addWatches(id: string): void {
    const operation = this.story.index.operation(id);
    const own = this.story.index
      .watchesOf(id, operation?.node)
      .filter(
        ({ watched: { state, compacted } }) =>
          compacted !== undefined || (state !== 'left' && this.story.run.stuck !== undefined),
      );
    for (const { call, watched } of own.slice(-WATCHES_MAX)) this.#addWatch(call, watched, id);
  }

  /** A watch by which its node missed a change. */
  addMissed({ call, watched, change }: Missed): void {
    this.#addWatch(call, watched, causeOf(call), change);
  }

  #addWatch(call: Call, watched: Watched, id: string, missed?: KeyAt): void {
    const { asked, created = asked, compacted, operation: by = id } = watched;
    const of = this.story.index.operation(by) === undefined ? {} : { operation: by };
    this.story.book.insert(`watch ${call.node} ${asked.order}`, {
      ...{
        moment: compacted?.at ?? (missed === undefined ? asked : created),
        node: call.node,
        ...of,
        kind: 'read',
      },
      ...{ what: watchText(this.story.index, watched, missed), ofWitness: true },
      weight: WEIGHTS.refused + WEIGHTS.ofWitness,
    });
  }
}
