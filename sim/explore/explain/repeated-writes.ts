/**
 * Writes of the same keys that one operation, or one node outside of any, repeats: a heartbeat, or a loop that assigns
 * work. Invariant: the last ones of each count, so that they leave room for everything else.
 */
import type { Call } from '../../history/calls.js';
import { causeOf } from './run-index.js';

/** How many of one operation that changed the same keys count, the last ones. */
const REPEATS_MAX = 3;

export class RepeatedWrites {
  /** For a write with at least {@link REPEATS_MAX} later ones: when the one was sent that makes it too old. */
  readonly #tooOldFrom = new Map<Call, number>();

  constructor(calls: readonly Call[]) {
    const lists = new Map<string, Call[]>();
    for (const call of calls) {
      if (call.wrote === undefined) continue;
      const name = nameOf(call);
      const list = lists.get(name) ?? [];
      lists.set(name, list);
      list.push(call);
      const old = list.at(-1 - REPEATS_MAX);
      if (old !== undefined) this.#tooOldFrom.set(old, call.sent.order);
    }
  }

  /** Among those sent up to then. */
  isAmongLast(call: Call, untilOrder: number): boolean {
    const from = this.#tooOldFrom.get(call);
    return from === undefined || from > untilOrder;
  }
}

function nameOf(call: Call): string {
  const changes = call.wrote?.changes.map(({ key, type }) => `${type} ${key}`) ?? [];
  return JSON.stringify([causeOf(call), changes]);
}
