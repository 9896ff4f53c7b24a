/**
 * The options of ready-made checks. Invariant: what makes no sense is refused with one line when the check is made, not
 * found out in a run.
 */
import * as v from 'valibot';
import { describeValue } from '../../input/describe-value.js';
import { InputError, oneOf } from '../../input/parsed.js';
import { choice, fields, readValue, text } from '../../input/schema.js';

/** The name of an operation, or of several that mean the same. */
export type OperationNames = string | readonly string[];

/** What every ready-made check takes. */
export interface ReadyOptions {
  /** Kebab-case and stable: repros refer to it. Needed where a scenario has two of a kind. */
  readonly name?: string | undefined;
  /** What must hold, as a sentence. */
  readonly description?: string | undefined;
  /**
   * The verdict on a history that has operations and none of the names that the check is about: `inconclusive`, the
   * default, because a mistyped name would otherwise never be noticed; `satisfied` where some seeds plan none.
   */
  readonly whenAbsent?: 'inconclusive' | 'satisfied' | undefined;
}

/** Operation names as they were given, in a list. */
export function namesOf(names: OperationNames | undefined): readonly string[] {
  if (names === undefined) return [];
  return typeof names === 'string' ? [names] : names;
}

const NAMES = 'the name of an operation, or a list of names';

const nameOrNames = v.union(
  [
    text('the name of an operation'),
    v.pipe(v.array(text('the name of an operation')), v.minLength(1, NAMES)),
  ],
  NAMES,
);

export const operationNames = nameOrNames;
export const optionalNames = v.optional(nameOrNames);
export const reader = v.optional(v.function('a function of an operation'));
export const optionalFunction = v.optional(v.function('a function'));

const common = {
  name: v.optional(text('a name')),
  description: v.optional(text('a sentence')),
  whenAbsent: v.optional(choice(['inconclusive', 'satisfied'])),
};

/**
 * Holds the options of a factory against their schema.
 *
 * @param factory such as `fifoQueue`
 * @throws InputError
 */
export function expectOptions(factory: string, entries: v.ObjectEntries, given: unknown): void {
  const read = readValue(fields({ ...common, ...entries }), given, `checks.${factory}`);
  if (read.kind === 'ok') return;
  // Where no option has a name that is close, a reader needs them all.
  const isForeign = /: unknown field "[^"]*"$/.test(read.message);
  const names = oneOf([...Object.keys(entries), ...Object.keys(common)]);
  throw new InputError(isForeign ? `${read.message}; expected ${names}` : read.message);
}

/** No operation may play two parts. @param roles option and what was given for it @throws InputError */
export function expectDistinct(
  factory: string,
  roles: Readonly<Record<string, OperationNames | undefined>>,
): void {
  const seen = new Map<string, string>();
  for (const [role, names] of Object.entries(roles)) {
    for (const name of namesOf(names)) {
      const other = seen.get(name);
      if (other !== undefined) {
        throw new InputError(
          `checks.${factory}: expected different operations, got ${describeValue(name)} for ${other} and for ${role}`,
        );
      }
      seen.set(name, role);
    }
  }
}
