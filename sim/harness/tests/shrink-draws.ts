/**
 * What the draws of a test were drawn from, so that shrinking can make them smaller: by fast-check's own way to shrink
 * the arbitrary of each. Invariant: a value that it offers is one of the arbitrary's.
 */
import type { Arbitrary, Value } from 'fast-check';
import type { DrawnValues } from '../../explore/shrink/draws.js';
import { whereNotJson, type Json } from '../../input/json.js';
import type { Plan } from '../../plan/plan.js';
import { areSame, type Arbitraries, type Draws } from './run/draws.js';

export class DrawShrinker implements DrawnValues {
  /** The run that a plan with its draws was recorded in. */
  readonly #runs = new WeakMap<Plan, Draws>();
  /** Values with what fast-check knows of how they came about, by their draw and their JSON. */
  readonly #values = new Map<string, Value<unknown>>();

  /** The plan with what its code drew. */
  record(plan: Plan, draws: Draws | undefined): Plan {
    const values = draws?.values ?? {};
    const recorded = withDraws(plan, values);
    if (draws !== undefined) this.#runs.set(recorded, draws);
    return recorded;
  }

  arbitrariesOf(plan: Plan): Arbitraries | undefined {
    return this.#runs.get(plan)?.arbitraries;
  }

  mayBe(plan: Plan, draw: string, value: Json): boolean {
    return this.#arbitraryOf(plan, draw)?.canShrinkWithoutContext(value) ?? false;
  }

  areAlike(plan: Plan, draw: string, other: string): boolean {
    const [one, two] = [this.#arbitraryOf(plan, draw), this.#arbitraryOf(plan, other)];
    return one !== undefined && two !== undefined && areSame(one, two);
  }

  *simpler(plan: Plan, draw: string): Generator<Json> {
    const current = plan.draws?.[draw];
    const arbitrary = this.#arbitraryOf(plan, draw);
    if (current === undefined || arbitrary === undefined) return;
    const known = this.#valueOf(plan, draw, current);
    if (known === undefined && !arbitrary.canShrinkWithoutContext(current)) return;
    for (const smaller of arbitrary.shrink(known?.value_ ?? current, known?.context)) {
      if (whereNotJson(smaller.value, draw) !== undefined) continue;
      const value = smaller.value as Json;
      this.#values.set(placeOf(draw, value), smaller);
      yield value;
    }
  }

  others(plan: Plan, round: number): Readonly<Record<string, Json>> {
    return this.#runs.get(plan)?.others(round) ?? {};
  }

  #arbitraryOf(plan: Plan, draw: string): Arbitrary<unknown> | undefined {
    return this.#runs.get(plan)?.arbitraries.get(draw);
  }

  /** Undefined where it is neither one that was offered nor the one that the seed gives. */
  #valueOf(plan: Plan, draw: string, current: Json): Value<unknown> | undefined {
    const place = placeOf(draw, current);
    const offered = this.#values.get(place);
    if (offered !== undefined) return offered;
    const first = this.#runs.get(plan)?.ofSeed(draw);
    if (first === undefined || whereNotJson(first.value, draw) !== undefined) return undefined;
    return placeOf(draw, first.value as Json) === place ? first : undefined;
  }
}

function placeOf(draw: string, value: Json): string {
  return `${draw} ${JSON.stringify(value)}`;
}

function withDraws(plan: Plan, values: Readonly<Record<string, Json>>): Plan {
  if (Object.keys(values).length > 0) return { ...plan, draws: values };
  const { draws, ...rest } = plan;
  return draws === undefined ? plan : rest;
}
