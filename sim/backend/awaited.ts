/** Waits of a run's code that are neither operations nor calls, described by that code. */
export class Awaited {
  readonly #descriptions = new Set<() => string>();

  /**
   * @param describe an empty text while there is nothing to describe
   * @returns a function that ends the wait
   */
  add(describe: () => string): () => void {
    this.#descriptions.add(describe);
    return () => void this.#descriptions.delete(describe);
  }

  get lines(): readonly string[] {
    return [...this.#descriptions].map((describe) => describe()).filter((line) => line !== '');
  }
}
