/**
 * The configurations that a search still follows. Invariant: none of them can do no more than another one, that is,
 * none has the same state and the same finished calls, and has used up what another one still may use.
 */

/** One way in which everything up to now may have happened. */
export interface Configuration<State> {
  readonly state: State;
  /** Bits of the pending calls, of those that return, that have happened. */
  readonly done: bigint;
  /** Bits of the calls without a return that have happened. */
  readonly used: bigint;
  /** Its order, from the last call back. */
  readonly last: Link | undefined;
}

export interface Link {
  readonly id: string;
  readonly before: Link | undefined;
}

export class Configurations<State> {
  readonly #textOf: (state: State) => string;
  readonly #byText = new Map<string, Configuration<State>[]>();
  #size = 0;

  constructor(textOf: (state: State) => string) {
    this.#textOf = textOf;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes it unless one that is here can do all that it can; those that can do no more than it go. */
  add(configuration: Configuration<State>): boolean {
    const { state, done, used } = configuration;
    const text = `${done} ${this.#textOf(state)}`;
    const alike = this.#byText.get(text);
    if (alike === undefined) {
      this.#byText.set(text, [configuration]);
      this.#size += 1;
      return true;
    }
    if (alike.some((one) => (one.used & ~used) === 0n)) return false;
    const kept = alike.filter((one) => (used & ~one.used) !== 0n);
    this.#size += kept.length + 1 - alike.length;
    kept.push(configuration);
    this.#byText.set(text, kept);
    return true;
  }

  *all(): Generator<Configuration<State>> {
    for (const alike of this.#byText.values()) yield* alike;
  }
}
