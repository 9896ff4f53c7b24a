/**
 * The values that the code of a test draws while it runs. Invariant: a draw depends on the seed, on its node and on how
 * many that node has drawn before; a plan that holds a value for it decides it.
 */
import fc, { type Arbitrary } from 'fast-check';
import { RandomStreams } from '../../engine/random.js';
import { whereNotJson, type Json } from '../../input/json.js';
import type { Plan } from '../../plan/plan.js';

export class Draws {
  readonly #planned: Readonly<Record<string, Json>>;
  readonly #streams: RandomStreams;
  readonly #counts = new Map<string, number>();
  readonly #drawn: [string, Json][] = [];
  readonly #arbitraries = new Map<string, Arbitrary<unknown>>();

  constructor({ scenario, seed, draws = {} }: Plan) {
    this.#planned = draws;
    this.#streams = new RandomStreams(`draw/${scenario}/${seed}`);
  }

  draw<T>(node: string, arbitrary: Arbitrary<T>): T {
    const count = (this.#counts.get(node) ?? 0) + 1;
    this.#counts.set(node, count);
    const key = `${node}/${count}`;
    this.#arbitraries.set(key, arbitrary);
    const value = Object.hasOwn(this.#planned, key) ? (this.#planned[key] as T) : this.#new(key, arbitrary);
    if (whereNotJson(value, key) === undefined) this.#drawn.push([key, value as Json]);
    return value;
  }

  /** What was drawn, as far as it is JSON. */
  get values(): Readonly<Record<string, Json>> {
    return Object.fromEntries(this.#drawn);
  }

  /** What each draw was drawn from. */
  get arbitraries(): ReadonlyMap<string, Arbitrary<unknown>> {
    return this.#arbitraries;
  }

  #new<T>(key: string, arbitrary: Arbitrary<T>): T {
    const seed = this.#streams.constant(key) | 0;
    const [value] = fc.sample(arbitrary, { seed, numRuns: 1, unbiased: true });
    return value as T;
  }
}
