/**
 * The steps of a past, each once. Invariant: there are at most {@link STEPS_MAX}, the first ones that were
 * inserted, except that a mishap takes the place of the lightest step.
 */
import type { PastStep } from './recorded-run.js';

/** The largest number of steps in a past. */
export const STEPS_MAX = 60;

export class StepBook {
  readonly #steps = new Map<string, PastStep>();
  /** False once something was left out. */
  complete = true;

  /** False if it is already there, or the book is full. @param name identifies it */
  insert(name: string, step: PastStep): boolean {
    if (this.#steps.has(name)) return false;
    if (this.isFull) {
      this.complete = false;
      return false;
    }
    this.#steps.set(name, step);
    return true;
  }

  /** As {@link insert}, even if the book is full: then it takes the place of the earliest of the lightest steps. */
  insertMishap(name: string, step: PastStep): void {
    if (this.isFull && !this.#steps.has(name)) {
      const steps = [...this.#steps].sort(([, one], [, other]) => byTime(one, other));
      const least = Math.min(...steps.map(([, { weight }]) => weight));
      const lightest = steps.find(([, { weight }]) => weight === least);
      if (lightest === undefined || least >= step.weight) return;
      this.#steps.delete(lightest[0]);
      this.complete = false;
    }
    this.insert(name, step);
  }

  get isFull(): boolean {
    return this.#steps.size >= STEPS_MAX;
  }

  /** The most recent last. */
  get inOrder(): readonly PastStep[] {
    return [...this.#steps.values()].sort(byTime);
  }
}

/**
 * A fault has a time, but no number of its own. A call's moment follows the history's moment with the same
 * number.
 */
function byTime(left: PastStep, right: PastStep): number {
  return (
    left.moment.timeUs - right.moment.timeUs ||
    left.moment.sequence - right.moment.sequence ||
    orderOf(left) - orderOf(right)
  );
}

function orderOf({ moment }: PastStep): number {
  return 'order' in moment && typeof moment.order === 'number' ? moment.order : -1;
}
