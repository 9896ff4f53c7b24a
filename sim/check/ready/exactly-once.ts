/**
 * Effects of operations: one that ended ok has exactly one, one that failed has none, and an indefinite one has at most
 * one. Invariant: an effect that may belong to one operation never counts as a violation of another.
 */
import * as v from 'valibot';
import type { History, LogEvent, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { text } from '../../input/schema.js';
import type { Check, Finding } from '../check.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { foundName, foundStored, nameOf, readIfKnown, storedTextOf, textOf, type Reader } from './reading.js';
import { readyCheck, violated } from './ready-check.js';

/** A change of a key with its revision. */
export interface LoggedEvent extends LogEvent {
  readonly revision: number;
}

export interface ExactlyOnceOptions extends ReadyOptions {
  readonly operation: OperationNames;
  /**
   * What it brings about, and for whom: a prefix of keys, each followed by the operation's id, such as `receipts/`; a
   * function that gives the id of the operation that a change of a key is the effect of, if it is one; or operations of
   * another name, with a function that gives it.
   */
  readonly effect:
    string | ((event: LoggedEvent) => unknown) | { readonly operation: OperationNames; readonly of: Reader };
  /** What the effect knows the operation by; its id by default. */
  readonly id?: Reader | undefined;
}

/** An ok operation happened exactly once, a failed one never, and any other at most once. */
export function exactlyOnce(options: ExactlyOnceOptions): Check {
  const effectOperations = v.strictObject({ operation: operationNames, of: v.function() });
  expectOptions(
    'exactlyOnce',
    {
      operation: operationNames,
      effect: v.union(
        [text(), v.function(), effectOperations],
        'a prefix of keys, a function of a change, or { operation, of }',
      ),
      id: reader,
    },
    options,
  );
  const { effect } = options;
  const isOfOperations = typeof effect === 'object';
  return readyCheck({
    factory: 'exactlyOnce',
    options,
    name: 'exactly-once',
    description: 'An ok operation happened exactly once, a failed one never, an indefinite one at most once.',
    roles: { operation: options.operation, effect: isOfOperations ? effect.operation : undefined },
    judge(history) {
      const effects = isOfOperations ? byOperations(history, effect) : byLog(history, readerOf(effect));
      return judge(causesOf(history, options), effects);
    },
  });
}

function readerOf(effect: string | ((event: LoggedEvent) => unknown)): (event: LoggedEvent) => unknown {
  if (typeof effect !== 'string') return effect;
  return ({ type, key }) => (type === 'put' && key.startsWith(effect) ? key.slice(effect.length) : undefined);
}

interface Effect {
  readonly of: string;
  /** Such as `at revision 4`. */
  readonly where: string;
  readonly revision?: number;
  readonly operation?: Operation;
}

interface Effects {
  readonly certain: readonly Effect[];
  /** For whom it may have happened as well. */
  readonly perhaps: readonly string[];
  /** How many may have happened for any of the operations. */
  readonly forAnybody: number;
}

function byLog({ log }: History, read: (event: LoggedEvent) => unknown): Effects {
  const certain = log.flatMap(({ revision, events }) =>
    events.flatMap((event): Effect[] => {
      const of = storedTextOf(read({ ...event, revision }));
      return of === undefined ? [] : [{ of, where: `at revision ${revision}`, revision }];
    }),
  );
  return { certain, perhaps: [], forAnybody: 0 };
}

function byOperations(
  { operations }: History,
  { operation: effectNames, of }: { readonly operation: OperationNames; readonly of: Reader },
): Effects {
  const names = namesOf(effectNames);
  const certain: Effect[] = [];
  const perhaps: string[] = [];
  let forAnybody = 0;
  for (const operation of operations) {
    const end = endOf(operation);
    if (!names.includes(operation.name) || end === 'failed') continue;
    const known = readIfKnown(of, operation);
    if (end === 'ok') {
      // Null means that it belongs to no operation; undefined means that the owner is not known.
      if (known === null) continue;
      certain.push({ of: nameOf('effect.of', known, operation), where: `by ${operation.id}`, operation });
      continue;
    }
    const whose = textOf(known);
    if (whose === undefined) forAnybody += 1;
    else perhaps.push(whose);
  }
  return { certain, perhaps, forAnybody };
}

/** The operations that go by one id: several may be tries at one thing. */
function causesOf(history: History, options: ExactlyOnceOptions): Map<string, Operation[]> {
  const causes = new Map<string, Operation[]>();
  const names = namesOf(options.operation);
  for (const operation of history.operations) {
    if (!names.includes(operation.name)) continue;
    const place = { option: 'id', in: 'input', fields: [] } as const;
    // The log has ids as texts.
    const idOf = typeof options.effect === 'object' ? foundName : foundStored;
    const id = options.id === undefined ? operation.id : idOf(place, options.id, operation);
    const own = causes.get(id);
    if (own === undefined) causes.set(id, [operation]);
    else own.push(operation);
  }
  return causes;
}

function judge(causes: ReadonlyMap<string, readonly Operation[]>, effects: Effects): Finding | undefined {
  const happened = new Map<string, Effect[]>();
  for (const effect of effects.certain) {
    const own = happened.get(effect.of);
    if (own === undefined) happened.set(effect.of, [effect]);
    else own.push(effect);
  }
  for (const [id, own] of happened) {
    const problem = tooMuch(id, own, causes.get(id));
    if (problem !== undefined) return problem;
  }
  let forAnybody = effects.forAnybody;
  for (const [id, tries] of causes) {
    const ok = tries.find((operation) => endOf(operation) === 'ok');
    if (ok === undefined || happened.has(id) || effects.perhaps.includes(id)) continue;
    forAnybody -= 1;
    if (forAnybody >= 0) continue;
    const only =
      effects.forAnybody === 0
        ? ''
        : `, and at most ${effects.forAnybody} operations can have an unseen effect`;
    return violated(`${titleOf(id, ok)} ended ok and had no effect: expected one${only}`, [ok]);
  }
  return undefined;
}

function tooMuch(
  id: string,
  effects: readonly Effect[],
  tries: readonly Operation[] | undefined,
): Finding | undefined {
  const revisions = effects.flatMap(({ revision }) => revision ?? []);
  const others = effects.map(({ operation }) => operation);
  const where = effects.map((effect) => effect.where).join(' and ');
  const [first] = tries ?? [];
  if (tries === undefined || first === undefined) {
    return violated(`${id} happened ${where}, but no operation asked for it`, others, revisions);
  }
  const name = titleOf(id, first);
  const all = [...tries, ...others];
  if (effects.length > 1) {
    return violated(`${name} happened ${effects.length} times, ${where}: expected once`, all, revisions);
  }
  if (tries.every((operation) => endOf(operation) === 'failed')) {
    return violated(`${name} failed and happened ${where}: expected nothing`, all, revisions);
  }
  const ends = tries.flatMap(({ outcome }) => (outcome?.kind === 'ok' ? (outcome.revision ?? []) : []));
  const [told] = ends;
  const [revision] = revisions;
  if (tries.length > 1 || told === undefined || revision === undefined || told === revision) return undefined;
  return violated(`${name} ended ok at revision ${told} but happened ${where}`, all, [told, revision]);
}

function titleOf(id: string, { id: own }: Operation): string {
  return id === own ? id : `${id} of ${own}`;
}
