/**
 * The committed entries, in the one order in which every member applies them. Invariant: an entry is kept until
 * every voter has applied it.
 */

/** A member's work when it applies the entry. */
export type ApplyTo<V> = (voter: V) => void;

/**
 * How often, in entries, it drops those that are no longer needed. An entry holds on to its call and the client's side of
 * it, so a longer list makes the garbage collector keep all of that.
 */
const TRIM_EVERY = 16;

export class Log<V> {
  /** The index of the newest entry. */
  index: number;
  readonly #entries: (ApplyTo<V> | undefined)[] = [];
  readonly #appliedByAll: () => number;

  /**
   * @param index of the last entry before the log begins
   * @param appliedByAll the index up to which every voter has applied the entries
   */
  constructor(index: number, appliedByAll: () => number) {
    this.index = index;
    this.#appliedByAll = appliedByAll;
  }

  /** @param apply undefined for an entry without content */
  append(apply?: ApplyTo<V>): void {
    this.#entries.push(apply);
    this.index++;
    if (this.#entries.length % TRIM_EVERY === 0) this.#trim();
  }

  applyTo(voter: V, index: number): void {
    this.#entries[index - this.#first]?.(voter);
  }

  get #first(): number {
    return this.index - this.#entries.length + 1;
  }

  #trim(): void {
    const unneeded = this.#appliedByAll() - this.#first + 1;
    if (unneeded > 0) this.#entries.splice(0, unneeded);
  }
}
