/** What `sim.check` is: a function that takes a check, and one for each ready-made check by its name. */
import type { Check } from '../../check/check.js';
import { checks, type MutualExclusionOptions } from '../../check/ready/index.js';
import { exclusionOf } from './exclusion-of.js';
import type { Recorded, SimChecks } from './sim.js';

export interface CheckCollector {
  add(check: Check): void;
  /** Adds a check over the operations of this name, and returns what performs one. */
  record(name: string, check: Check): Recorded;
}

export function simChecks({ add, record }: CheckCollector): SimChecks {
  const factories: readonly (readonly [string, unknown])[] = Object.entries(checks);
  const ready = factories.map(
    ([name, factory]) => [name, (options: unknown) => add((factory as Factory)(options))] as const,
  );
  const mutualExclusion = (given: string | MutualExclusionOptions): unknown =>
    typeof given === 'string' ? record(given, exclusionOf(given)) : add(checks.mutualExclusion(given));
  return Object.assign(add, Object.fromEntries(ready), { mutualExclusion }) as unknown as SimChecks;
}

type Factory = (options: unknown) => Check;
