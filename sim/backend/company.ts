/**
 * The nodes that a run waits for. Invariant: it ends once each has ended or was excused, however many join in
 * between.
 */
export class Company {
  readonly #waitedFor = new Map<string, Promise<void>>();
  #holds = 0;
  #look = (): void => undefined;

  /** Waits for one more; a node that joins again replaces its earlier entry. */
  join(name: string, ended: Promise<void>): void {
    this.#waitedFor.set(name, ended);
    const leave = (): void => {
      if (this.#waitedFor.get(name) === ended) this.excuse(name);
    };
    ended.then(leave, leave);
  }

  /** Keeps the run going, even when all nodes have ended, until you call the returned function. */
  hold(): () => void {
    this.#holds += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#holds -= 1;
      isHeld = false;
      this.#look();
    };
  }

  /** No longer waits for this one. */
  excuse(name: string): void {
    this.#waitedFor.delete(name);
    this.#look();
  }

  /** Resolves when there is no node left to wait for. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#look = () => {
        if (this.#waitedFor.size === 0 && this.#holds === 0) resolve();
      };
      this.#look();
    });
  }
}
