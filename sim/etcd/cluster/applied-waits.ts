/** Who waits until a member has applied an entry. Invariant: whoever waits is called once, or has given up. */

interface Wait {
  readonly index: number;
  readonly action: () => void;
}

export class AppliedWaits {
  readonly #waits = new Set<Wait>();

  /** Calls back once `index` is applied, which it must not be yet; the returned function gives up. */
  add(index: number, action: () => void): () => void {
    const wait = { index, action };
    this.#waits.add(wait);
    return () => this.#waits.delete(wait);
  }

  onApplied(appliedIndex: number): void {
    for (const wait of [...this.#waits]) {
      if (wait.index <= appliedIndex && this.#waits.delete(wait)) wait.action();
    }
  }

  close(): void {
    this.#waits.clear();
  }
}
