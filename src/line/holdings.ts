/** The holdings of one handle. Invariant: it forgets those that are over, so a handle that lives long does not grow. */
export class Holdings<T extends { readonly signal: AbortSignal }> {
  readonly #all = new Set<T>();

  keep(held: T): T {
    this.#all.add(held);
    held.signal.addEventListener('abort', () => this.#all.delete(held));
    return held;
  }

  get all(): readonly T[] {
    return [...this.#all];
  }
}
