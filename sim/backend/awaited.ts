/** What code of a run waits for that is neither an operation nor a call, in its own words. */
export class Awaited {
  readonly #descriptions = new Set<() => string>();

  /** @returns what ends the wait */
  add(describe: () => string): () => void {
    this.#descriptions.add(describe);
    return () => void this.#descriptions.delete(describe);
  }

  get lines(): readonly string[] {
    return [...this.#descriptions].map((describe) => describe());
  }
}
