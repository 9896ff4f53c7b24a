/**
 * Assigns exceptions to calls. Code runs on behalf of a call, and so do its later callbacks and timers.
 * Invariant: an exception there is reported, and fails that call; it reaches neither another call nor the
 * process.
 */

/** A call that can be ended because its service threw. */
export interface Failing {
  fail(error: unknown): void;
}

export class Containment {
  readonly #report: (error: unknown) => void;
  #current: Failing | undefined;

  /** @param report receives every exception */
  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /**
   * Runs `action` on behalf of a call, or of none. An exception is contained, and `otherwise` is the result.
   */
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

  /** The callback on behalf of the current call; without one, its caller gets the exceptions. */
  bind<A extends readonly unknown[], R>(callback: (...given: A) => R, otherwise: R): (...given: A) => R {
    const owner = this.#current;
    if (owner === undefined) return callback;
    return (...given) => this.run(owner, () => callback(...given), otherwise);
  }

  /** As {@link bind} for a timer, which has no caller. */
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
