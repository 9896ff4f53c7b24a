/** Refusals of etcd, and deletions in vain: those of an operation, and those of others that bear on the witness. */
import { isWithin, type Call, type KeyRange } from '../../history/calls.js';
import { missedText, refusalText } from './call-text.js';
import { WEIGHTS } from './recorded-run.js';
import { causeOf } from './run-index.js';
import type { Telling } from './telling.js';

/** How many count, the last ones. */
const COUNTED_MAX = 3;

export class Refusals {
  readonly #story: Telling;

  constructor(story: Telling) {
    this.#story = story;
  }

  /** What etcd refused, and a deletion that found nothing. */
  add(call: Call, beforeOrder: number): void {
    const { failed, error, missed = [], puts = [], deletes = [], sent } = call;
    if (sent.order >= beforeOrder) return;
    const keys = [
      ...puts,
      ...[...deletes, ...missed].map(({ key }) => key),
      ...(failed === undefined ? [] : [failed.key]),
    ];
    const holds = (range: KeyRange) => [...this.#story.relevant].some((key) => isWithin(range, key));
    const concerns = keys.some((key) => this.#story.relevant.has(key)) || missed.some(holds);
    if (!this.#story.isOfWitness(call) && !concerns) return;
    // A call that wrote although its answer was an error has one line.
    const isWrite = puts.length + deletes.length > 0 && call.wrote === undefined;
    if (failed !== undefined || (error !== undefined && isWrite)) {
      const weight = this.#story.weigh(call, WEIGHTS.refused);
      const what = refusalText(this.#story.index, call);
      this.#story.add(`refused ${what} ${this.#story.index.nameOf(call)}`, call, call.returned ?? sent, {
        ...{ kind: 'refused', what, weight },
      });
      if (failed?.revision !== undefined) this.#story.addMaker(failed.revision, sent.order);
    }
    if (missed.length > 0 && call.wrote === undefined) {
      const weight = this.#story.weigh(call, WEIGHTS.refused);
      const what = missedText(this.#story.index, call);
      this.#story.add(`missed ${causeOf(call)} ${what}`, call, call.returned ?? sent, {
        ...{ kind: 'wrote', what, weight },
      });
    }
  }

  /** The last deletions by any client that did not find a key of the witness. */
  missedDeletes(): Call[] {
    const missed = this.#story.run.calls.filter(
      (call) =>
        call.wrote === undefined &&
        call.sent.timeUs <= this.#story.lastUs &&
        call.missed?.some((range) => [...this.#story.relevant].some((key) => isWithin(range, key))) === true,
    );
    return missed.slice(-COUNTED_MAX);
  }

  /**
   * Each node's last put, refused, of a key that went with its lease: it would have come back.
   *
   * @param unmade revisions of the witness that no call made
   */
  refusedReturns(unmade: readonly number[]): Call[] {
    const ends = unmade.flatMap((revision) => {
      const maker = this.#story.index.makerOf(revision);
      return maker?.kind === 'expiry' ? [maker.end] : [];
    });
    const last = new Map<string, Call>();
    for (const call of this.#story.run.calls) {
      const { node, error, wrote, puts = [], sent } = call;
      if (error === undefined || wrote !== undefined || sent.timeUs > this.#story.lastUs) continue;
      const isReturn = ends.some(
        ({ keys, at }) => sent.order > at.order && keys.some((key) => puts.includes(key)),
      );
      if (isReturn) last.set(node, call);
    }
    return [...last.values()].slice(-COUNTED_MAX);
  }
}

export function wasRefused({ failed, error, missed }: Call): boolean {
  return (failed ?? error ?? missed) !== undefined;
}
