/**
 * The configurations that a search still follows. Invariant: none is dominated by another one: the same state
 * and the same finished calls, but more calls used up.
 */

/** One way in which everything so far may have happened. */
export interface Configuration<State> {
  readonly state: State;
  /** Bits of the pending calls with a return that have happened. */
  readonly done: bigint;
  /** Bits of the calls without a return that have happened. */
  readonly used: bigint;
  /**
   * The ids of the last few calls of its order. It does not keep all of them, because long orders would each
   * need their own copy.
   */
  readonly last: readonly string[];
}

/** The size of a configuration beside its texts, in bytes, as measured. */
const CONFIGURATION_BYTES = 300;

export class Configurations<State> {
  readonly #textOf: (state: State) => string;
  readonly #byText = new Map<string, Configuration<State>[]>();
  #size = 0;
  #bytes = 0;
  #comparisons = 0;

  constructor(textOf: (state: State) => string) {
    this.#textOf = textOf;
  }

  get size(): number {
    return this.#size;
  }

  /** Their approximate size, if a state is as large as its text. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many comparisons were made since this was last read. */
  takeComparisons(): number {
    const comparisons = this.#comparisons;
    this.#comparisons = 0;
    return comparisons;
  }

  /**
   * Adds it unless one that is here dominates it; removes those that it dominates.
   *
   * @param bits how many bits its two sets have
   */
  add(configuration: Configuration<State>, bits: number): boolean {
    const { state, done, used } = configuration;
    const text = `${done} ${this.#textOf(state)}`;
    const alike = this.#byText.get(text);
    const bytes = CONFIGURATION_BYTES + 2 * text.length + bits / 8;
    if (alike === undefined) {
      this.#byText.set(text, [configuration]);
      this.#size += 1;
      this.#bytes += bytes + 2 * text.length;
      return true;
    }
    this.#comparisons += alike.length;
    if (alike.some((one) => (one.used & ~used) === 0n)) return false;
    const kept = alike.filter((one) => (used & ~one.used) !== 0n);
    this.#size += kept.length + 1 - alike.length;
    this.#bytes += (kept.length + 1 - alike.length) * bytes;
    kept.push(configuration);
    this.#byText.set(text, kept);
    return true;
  }

  *all(): Generator<Configuration<State>> {
    for (const alike of this.#byText.values()) yield* alike;
  }
}
