/** What `sim.check` is: a function that takes a check, and one for each ready-made check by its name. */
import type { Check } from '../../../../check/check.js';
import { checks, type MutualExclusionOptions } from '../../../../check/ready/index.js';
import { describeValue } from '../../../../input/describe-value.js';
import { InputError, suggestion } from '../../../../input/parsed.js';
import { exclusionNameOf, exclusionOf } from './exclusion-of.js';
import type { Recorded, SimChecks } from '../../sim.js';

export interface CheckCollector {
  readonly checks: readonly Check[];
  add(check: Check): void;
  /** What performs an operation of this name. */
  record(name: string): Recorded;
  /** Throws what a mistake in the options has thrown, as a mistake of the test. */
  refuse(error: InputError): never;
}

export function simChecks({ checks: added, add, record, refuse }: CheckCollector): SimChecks {
  const exclusions = new Set<string>();
  const carefully = <T>(make: () => T): T => {
    try {
      return make();
    } catch (error) {
      if (error instanceof InputError) return refuse(error);
      throw error;
    }
  };
  const factories: readonly (readonly [string, unknown])[] = Object.entries(checks);
  const ready = factories.map(
    ([name, factory]) =>
      [name, (options: unknown) => add(carefully(() => (factory as Factory)(options)))] as const,
  );
  const own = (given: unknown): void => {
    if (isCheck(given)) return add(given);
    refuse(
      new InputError(`sim.check: expected a check with a name and a function, got ${describeValue(given)}`),
    );
  };
  const mutualExclusion = (given: string | MutualExclusionOptions | undefined): unknown => {
    if (typeof given === 'object') return add(carefully(() => checks.mutualExclusion(given)));
    if (typeof given !== 'string' || given === '') {
      return refuse(
        new InputError(
          `sim.check.mutualExclusion: expected the name of an operation, got ${describeValue(given)}`,
        ),
      );
    }
    if (!exclusions.has(given)) {
      exclusions.add(given);
      add(
        exclusionOf(
          given,
          exclusionNameOf(
            given,
            added.map(({ name }) => name),
          ),
        ),
      );
    }
    return record(given);
  };
  const all = Object.assign(own, Object.fromEntries(ready), { mutualExclusion });
  return new Proxy(all, {
    get(target, name, receiver) {
      if (typeof name === 'string' && !(name in target) && !ASKED_BY_OTHERS.has(name)) {
        const known = Object.keys(target);
        refuse(
          new InputError(`sim.check.${name}: expected one of ${known.join(', ')}${suggestion(name, known)}`),
        );
      }
      return Reflect.get(target, name, receiver) as unknown;
    },
  }) as unknown as SimChecks;
}

/** What `await` and printers look for in any object. */
const ASKED_BY_OTHERS = new Set(['then', 'toJSON', 'asymmetricMatch', 'inspect', 'nodeType', 'tagName']);

type Factory = (options: unknown) => Check;

function isCheck(given: unknown): given is Check {
  const { name, check } = Object(given) as { readonly name?: unknown; readonly check?: unknown };
  return typeof name === 'string' && typeof check === 'function';
}
