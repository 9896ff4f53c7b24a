/**
 * Amounts move between keys and are never made or lost: the sum over the keys is the same at every revision. Invariant:
 * the check begins with the first revision that has the sum, so that setting up in steps is no error.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import { statesOf } from '../../history/states.js';
import { text } from '../../input/schema.js';
import { quote } from '../../input/parsed.js';
import type { Check, Finding } from '../check.js';
import { decimalOf, unitsOf } from './decimal.js';
import { expectOptions, optionalFunction, type ReadyOptions } from './options.js';
import { inconclusive, readyCheck, violated } from './ready-check.js';

export interface ConservedSumOptions extends ReadyOptions {
  /** What the keys begin with, without the run's prefix. */
  readonly keys: string;
  /** What they add up to. */
  readonly sum: number | string;
  /** What a key counts for, as a number or a decimal text. By default its value. */
  readonly amount?: ((entry: { readonly key: string; readonly value: string }) => unknown) | undefined;
}

/** The sum over the keys is the same at every revision. */
export function conservedSum(options: ConservedSumOptions): Check {
  const decimal = v.custom<number | string>((value) => unitsOf(value) !== undefined, 'a decimal');
  expectOptions(
    'conservedSum',
    { keys: text('a prefix of keys'), sum: decimal, amount: optionalFunction },
    options,
  );
  const { keys, sum, amount = ({ value }) => value } = options;
  return readyCheck({
    factory: 'conservedSum',
    options,
    name: 'conserved-sum',
    description: `The values under ${quote(keys)} add up to ${sum} in every revision.`,
    roles: {},
    judge: (history) => judge(history, { keys, sum: unitsOf(sum) ?? 0n, amount }),
  });
}

interface Rule {
  readonly keys: string;
  readonly sum: bigint;
  readonly amount: NonNullable<ConservedSumOptions['amount']>;
}

function judge(history: History, { keys, sum, amount }: Rule): Finding | undefined {
  const writers = writersOf(history);
  const expected = decimalOf(sum);
  const amounts = new Map<string, bigint>();
  let total = 0n;
  let isOpen = false;
  let last = 0;
  for (const { revision, events } of statesOf(history)) {
    const own = events.filter(({ key }) => key.startsWith(keys));
    if (own.length === 0) continue;
    last = revision;
    const writer = writers.get(revision);
    const by = writer === undefined ? '' : `, after ${writer.id}`;
    for (const { type, key, value } of own) {
      const given = type === 'put' ? amount({ key, value }) : 0;
      const units = unitsOf(given);
      if (units === undefined) {
        const what = `${key} is ${quote(value)} at revision ${revision}${by}: expected a decimal`;
        return violated(what, [writer], [revision]);
      }
      total += units - (amounts.get(key) ?? 0n);
      amounts.set(key, units);
    }
    isOpen ||= total === sum;
    if (!isOpen || total === sum) continue;
    const message = `the sum is ${decimalOf(total)} at revision ${revision}${by}: expected ${expected}`;
    return violated(message, [writer], [revision]);
  }
  if (isOpen) return undefined;
  // An empty history has no log either.
  if (last === 0) {
    return history.operations.length === 0 && history.log.length === 0
      ? undefined
      : inconclusive(`expected keys that begin with ${quote(keys)}, got none in the log`);
  }
  return violated(`the sum never is ${expected}; at revision ${last} it is ${decimalOf(total)}`, [], [last]);
}

/** Who said that it wrote which revision. */
export function writersOf({ operations }: Pick<History, 'operations'>): ReadonlyMap<number, Operation> {
  return new Map(
    operations.flatMap((operation) => {
      const { outcome } = operation;
      return outcome?.kind === 'ok' && outcome.revision !== undefined
        ? [[outcome.revision, operation] as const]
        : [];
    }),
  );
}
