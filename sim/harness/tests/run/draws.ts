/**
 * The values that the code of a test draws while it runs. Invariant: a draw depends on the seed, on its node and on how
 * many that node has drawn before. If a plan holds a value for it, the plan decides it. A recorded value stays
 * unchanged when the code mutates the value that it got.
 */
import fc, { Arbitrary, Stream, type Random, type Value } from 'fast-check';
import { RandomStreams } from '../../../engine/random.js';
import { whereNotJson, type Json } from '../../../input/json.js';
import type { Plan } from '../../../plan/plan.js';

/** What each draw was drawn from. */
export type Arbitraries = ReadonlyMap<string, Arbitrary<unknown>>;

export class Draws {
  readonly #planned: Readonly<Record<string, Json>>;
  readonly #streams: RandomStreams;
  readonly #counts = new Map<string, number>();
  readonly #drawn: [string, Json][] = [];
  readonly #arbitraries = new Map<string, Arbitrary<unknown>>();
  readonly #expected: Arbitraries | undefined;

  /**
   * @param expected what the plan's values were drawn from, where the run may draw other things at their places: such a
   * draw is the seed's
   */
  constructor({ scenario, seed, draws = {} }: Plan, expected?: Arbitraries) {
    this.#planned = draws;
    this.#streams = new RandomStreams(`draw/${scenario}/${seed}`);
    this.#expected = expected;
  }

  draw<T>(node: string, arbitrary: Arbitrary<T>): T {
    const count = (this.#counts.get(node) ?? 0) + 1;
    this.#counts.set(node, count);
    const key = `${node}/${count}`;
    this.#arbitraries.set(key, arbitrary);
    const planned = this.#isPlanned(key, arbitrary) ? this.#planned[key] : undefined;
    if (planned !== undefined) {
      this.#drawn.push([key, planned]);
      return structuredClone(planned) as T;
    }
    const { value } = this.#ofSeed(key, arbitrary);
    if (whereNotJson(value, key) === undefined) this.#drawn.push([key, structuredClone(value as Json)]);
    return value;
  }

  /** The drawn values that are JSON. */
  get values(): Readonly<Record<string, Json>> {
    return Object.fromEntries(this.#drawn);
  }

  get arbitraries(): Arbitraries {
    return this.#arbitraries;
  }

  /** What the seed gives for a draw of this run, with what fast-check needs to shrink it. */
  ofSeed(key: string): Value<unknown> | undefined {
    const arbitrary = this.#arbitraries.get(key);
    return arbitrary === undefined ? undefined : this.#ofSeed(key, arbitrary);
  }

  /**
   * Other values for the draws of this run, as far as they are JSON; the same ones for the same round. Every second
   * round has lists of one item, where they may be so short.
   */
  others(round: number): Readonly<Record<string, Json>> {
    const drawn = [...this.#arbitraries].map(([key, arbitrary]) => {
      const { value } = this.#ofSeed(key, arbitrary, `/${round}`);
      const short: unknown = Array.isArray(value) ? value.slice(0, 1) : value;
      return [key, round % 2 === 1 && arbitrary.canShrinkWithoutContext(short) ? short : value] as const;
    });
    return Object.fromEntries(
      drawn.filter((entry): entry is [string, Json] => whereNotJson(entry[1], entry[0]) === undefined),
    );
  }

  #ofSeed<T>(key: string, arbitrary: Arbitrary<T>, round = ''): Value<T> {
    const keeper = new Keeper(arbitrary);
    const seed = this.#streams.constant(`${key}${round}`) | 0;
    fc.sample(keeper, { seed, numRuns: 1, unbiased: true });
    if (keeper.value === undefined) throw new Error(`expected a value for the draw ${key}`);
    return keeper.value;
  }

  #isPlanned(key: string, arbitrary: Arbitrary<unknown>): boolean {
    if (!Object.hasOwn(this.#planned, key)) return false;
    const expected = this.#expected?.get(key);
    return expected === undefined || areSame(expected, arbitrary);
  }
}

/** Keeps the value that another arbitrary makes, with what that needs to shrink it. */
class Keeper<T> extends Arbitrary<T> {
  value: Value<T> | undefined;
  readonly #of: Arbitrary<T>;

  constructor(of: Arbitrary<T>) {
    super();
    this.#of = of;
  }

  override generate(random: Random, biasFactor: number | undefined): Value<T> {
    this.value = this.#of.generate(random, biasFactor);
    return this.value;
  }

  override canShrinkWithoutContext(_value: unknown): _value is T {
    return false;
  }

  override shrink(): Stream<Value<T>> {
    return Stream.nil();
  }
}

const SAMPLES = 4;
const kinds = new WeakMap<Arbitrary<unknown>, string>();

/** Whether they give the same values for the same seed: each run makes its arbitraries anew. */
export function areSame(one: Arbitrary<unknown>, other: Arbitrary<unknown>): boolean {
  return one === other || kindOf(one) === kindOf(other);
}

function kindOf(arbitrary: Arbitrary<unknown>): string {
  const known = kinds.get(arbitrary) ?? fc.stringify(fc.sample(arbitrary, { seed: 1, numRuns: SAMPLES }));
  kinds.set(arbitrary, known);
  return known;
}
