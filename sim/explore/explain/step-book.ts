/** The steps of a past, each once. Invariant: there are at most {@link STEPS_MAX}, those that came first. */
import type { PastStep } from './recorded-run.js';

/** A past has at most so many steps. */
export const STEPS_MAX = 60;

export class StepBook {
  readonly #steps = new Map<string, PastStep>();
  /** False once something was left out. */
  complete = true;

  /** False where it is there already, or no room is left. @param name what tells it from others */
  insert(name: string, step: PastStep): boolean {
    if (this.#steps.has(name)) return false;
    if (this.isFull) {
      this.complete = false;
      return false;
    }
    this.#steps.set(name, step);
    return true;
  }

  get isFull(): boolean {
    return this.#steps.size >= STEPS_MAX;
  }

  /** The most recent last. */
  get inOrder(): readonly PastStep[] {
    return [...this.#steps.values()].sort(byTime);
  }
}

/** A fault has no number of its own, but a time. A moment of a call comes behind that of the history whose number it has. */
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
