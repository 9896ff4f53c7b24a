/**
 * Whose an exception is. Code runs on behalf of a call, and so does what it leaves behind: callbacks and timers.
 * Invariant: what is thrown there is reported, and fails that call; it reaches neither another call nor the process.
 */

/** A call that can be ended because its service threw. */
export interface Failing {
  fail(error: unknown): void;
}

export class Containment {
  readonly #report: (error: unknown) => void;
  #current: Failing | undefined;

  /** @param report hears of every exception */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Runs `action` on behalf of a call, or of none. What it throws is contained, and `otherwise` is the result. */
  run<R>(owner: Failing | undefined, action: () => R, otherwise: R): R {
    const before = this.#current;
    this.#current = owner;
    try {
      return action();
    } catch (error) {
      this.#report(error);
      this.#fail(owner, error);
      return otherwise;
    } finally {
      this.#current = before;
    }
  }

  /** The callback on behalf of the call that is current now; where there is none, what it throws is its caller's. */
  bind<A extends readonly unknown[], R>(callback: (...given: A) => R, otherwise: R): (...given: A) => R {
    const owner = this.#current;
    if (owner === undefined) return callback;
    return (...given) => this.run(owner, () => callback(...given), otherwise);
  }

  /** As {@link bind} for a timer, above which there is no caller. */
  bindTimer(action: () => void): () => void {
    const owner = this.#current;
    return () => this.run(owner, action, undefined);
  }

  #fail(owner: Failing | undefined, error: unknown): void {
    try {
      owner?.fail(error);
    } catch (another) {
      this.#report(another);
    }
  }
}
