/**
 * Waits of a test's body for something that must come true. Invariant: a wait that the test does not await counts, too.
 * If it rejects, that is an unhandled error.
 */
import type { RunControl } from '../../../../scenario/scenario.js';
import type { Patience } from '../../sim.js';

const WITHIN_MS = 60_000;
const EVERY_MS = 50;

export class Waits {
  /** Those that have not ended. */
  readonly #open = new Set<Promise<void>>();
  readonly #control: Pick<RunControl, 'waitedInVain'>;
  readonly #reasons: () => readonly string[];
  /** One of them was in vain. */
  wereInVain = false;

  /** @param reasons that may hold a wait up: faults by hand, nodes that gave up */
  constructor(control: Pick<RunControl, 'waitedInVain'>, reasons: () => readonly string[]) {
    this.#control = control;
    this.#reasons = reasons;
  }

  until(condition: () => boolean | Promise<boolean>, patience?: Patience): Promise<void> {
    const withinMs = patience?.withinMs ?? WITHIN_MS;
    return this.eventually(async () => {
      if (await condition()) return;
      throw new Error(`expected ${sourceOf(condition)} to hold within ${withinMs} ms`);
    }, patience);
  }

  eventually(assertion: () => unknown, patience?: Patience): Promise<void> {
    const wait = this.#look(assertion, patience);
    const tracked: Promise<void> = wait.finally(() => this.#open.delete(tracked));
    this.#open.add(tracked);
    return tracked;
  }

  /** Resolves once all have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #look(assertion: () => unknown, { withinMs = WITHIN_MS, everyMs }: Patience = {}): Promise<void> {
    for (let waitedMs = 0; ;) {
      try {
        await assertion();
        return;
      } catch (error) {
        if (waitedMs >= withinMs) throw this.#inVain(error);
      }
      // A condition that has been false for long may be looked at less often: a run has only so many events.
      const pauseMs = everyMs ?? Math.max(EVERY_MS, Math.floor(waitedMs / 8));
      await sleep(pauseMs);
      waitedMs += pauseMs;
    }
  }

  #inVain(error: unknown): unknown {
    this.wereInVain = true;
    this.#control.waitedInVain(error, this.#reasons());
    return error;
  }
}

const SOURCE_LENGTH_MAX = 80;

/** A short condition, such as `() => seen.size === 3`. */
function sourceOf(condition: () => unknown): string {
  const source = condition.toString();
  return source.length > SOURCE_LENGTH_MAX || source.includes('\n') ? 'the condition' : source;
}

/** Waits on the clock of the code that asks. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
