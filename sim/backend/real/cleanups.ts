/** Steps to undo, in reverse order. Invariant: every step runs once, even if others fail. */
export class Cleanups {
  #steps: (() => Promise<void> | void)[] = [];

  /** Remembers how to undo what was just done. */
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  /** Undoes everything; returns the errors. */
  async run(): Promise<unknown[]> {
    const failures: unknown[] = [];
    const steps = this.#steps.reverse();
    this.#steps = [];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }
}
