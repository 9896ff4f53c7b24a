/** What is to be undone, in the opposite order of doing. Invariant: every step runs once, also when others fail. */
export class Cleanups {
  #steps: (() => Promise<void> | void)[] = [];

  /** Remembers how to undo what was just done. */
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  /** Undoes everything; hands back what went wrong. */
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
