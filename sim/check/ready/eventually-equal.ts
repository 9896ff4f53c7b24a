/**
 * Caches and other views of one thing are equal in the end. Invariant: only the last view of each counts, and only where
 * nothing can have changed since it was taken; a difference that a write without an answer may explain is not held
 * against anybody.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { stateAt, statesOf } from '../../history/states.js';
import { text } from '../../input/schema.js';
import type { Check, Finding } from '../check.js';
import { writersOf } from './conserved-sum.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { canonicalJson, found, performed, textOf, type Reader } from './reading.js';
import { inconclusive, readyCheck, violated } from './ready-check.js';

export interface EventuallyEqualOptions extends ReadyOptions {
  /** Operations that give what a cache holds, the last one of each when all is over. */
  readonly view: OperationNames;
  /** Which cache; by default the node. */
  readonly of?: Reader | undefined;
  /** What it holds. By default the field `state` of the output, or the output. With `keys`, each key and its value. */
  readonly state?: Reader | undefined;
  /** Keys in etcd that a cache is a view of, by what they begin with; it names them without it. By default caches are compared with one another. */
  readonly keys?: string | undefined;
}

/** The last views of all caches are equal, and equal to what etcd has. */
export function eventuallyEqual(options: EventuallyEqualOptions): Check {
  expectOptions(
    'eventuallyEqual',
    { view: operationNames, of: reader, state: reader, keys: v.optional(text('a prefix of keys')) },
    options,
  );
  return readyCheck({
    factory: 'eventuallyEqual',
    options,
    name: 'eventually-equal',
    description:
      options.keys === undefined
        ? 'In the end all views are equal.'
        : `In the end every view equals the keys of etcd under ${options.keys}.`,
    roles: { view: options.view },
    judge: (history) =>
      options.keys === undefined
        ? judgeAmongEachOther(history, options)
        : judgeByLog(history, lastViews(history, options), options.keys),
  });
}

interface View {
  readonly operation: Operation;
  readonly of: string;
  readonly state: unknown;
}

function lastViews({ operations }: History, { view, of, state }: EventuallyEqualOptions): View[] {
  const last = new Map<string, View>();
  for (const operation of operations) {
    if (!namesOf(view).includes(operation.name) || endOf(operation) !== 'ok') continue;
    const whose = of === undefined ? operation.node : (textOf(of(performed(operation))) ?? '');
    const place = { option: 'state', in: 'output', fields: ['state'] } as const;
    last.set(whose, { operation, of: whose, state: found(place, state, operation) });
  }
  return [...last.values()];
}

/** Both views were taken after everything that the log has. */
function judgeAmongEachOther(history: History, options: EventuallyEqualOptions): Finding | undefined {
  const views = lastViews(history, options);
  const [first] = views;
  const other = views.find(({ state }) => canonicalJson(state) !== canonicalJson(first?.state));
  if (first === undefined || other === undefined) return undefined;
  const begun = Math.min(first.operation.invoke.sequence, other.operation.invoke.sequence);
  const late = unsettled(history, options, begun);
  const message = `${first.of} ends with ${shortly(first.state)} and ${other.of} with ${shortly(other.state)}`;
  if (late !== undefined)
    return inconclusive(`${message}, but ${late} may have come between: take the views at the end`);
  return violated(`${message}: expected the same`, [first.operation, other.operation]);
}

/** An operation that may have changed something after a moment. */
function unsettled(
  { operations, log }: History,
  { view }: EventuallyEqualOptions,
  begun: number,
): string | undefined {
  const isLate = (operation: Operation) =>
    endOf(operation) === 'indefinite' || (operation.return?.sequence ?? Infinity) > begun;
  const others = operations.filter(({ name }) => !namesOf(view).includes(name));
  const writers = writersOf({ operations: others });
  const late = log.map(({ revision }) => writers.get(revision)).find((writer) => writer && isLate(writer));
  if (late !== undefined) return late.id;
  // What comes before the first that somebody was told of is set-up; where the log has more, anybody may have written it.
  const first = log.findIndex(({ revision }) => writers.has(revision));
  const isExplained = first >= 0 && log.slice(first).every(({ revision }) => writers.has(revision));
  if (isExplained) return undefined;
  return others.find((one) => endOf(one) !== 'failed' && revisionOf(one) === undefined && isLate(one))?.id;
}

function revisionOf({ outcome }: Operation): number | undefined {
  return outcome?.kind === 'ok' ? outcome.revision : undefined;
}

function judgeByLog(history: History, views: readonly View[], keys: string): Finding | undefined {
  const writers = writersOf(history);
  const state = stateAt(history);
  const wanted = canonicalJson(under(keys, state));
  for (const { operation, of, state: held } of views) {
    if (canonicalJson(textsOf(held)) === wanted) continue;
    const [key, has, is] = firstDifference(textsOf(held), under(keys, state));
    const message = `${of} ends with ${key} = ${has ?? 'nothing'}`;
    const unseen = firstUnseen(history, keys, textsOf(held));
    // All that it lacks may have come after it.
    const surely = unseen.find((revision) => {
      const writer = writers.get(revision);
      return writer !== undefined && (writer.return?.sequence ?? Infinity) < operation.invoke.sequence;
    });
    if (surely === undefined && unseen.length > 0) {
      return inconclusive(
        `${message}, but revision ${unseen[0]} may have come after ${operation.id}: take the views at the end`,
      );
    }
    const revision = surely ?? history.log.at(-1)?.revision;
    const writer = revision === undefined ? undefined : writers.get(revision);
    return violated(
      `${message}: expected ${is ?? 'nothing'}, as in etcd`,
      [writer, operation],
      revision === undefined ? [] : [revision],
    );
  }
  return undefined;
}

/** Revisions of the keys after the last at which they were what a view holds; empty where they never were. */
function firstUnseen(history: History, keys: string, held: Readonly<Record<string, string>>): number[] {
  const wanted = canonicalJson(held);
  let unseen: number[] = [];
  let isFound = Object.keys(held).length === 0;
  for (const { revision, events, state } of statesOf(history)) {
    if (!events.some(({ key }) => key.startsWith(keys))) continue;
    unseen.push(revision);
    if (canonicalJson(under(keys, state)) !== wanted) continue;
    isFound = true;
    unseen = [];
  }
  return isFound ? unseen : [];
}

function under(keys: string, state: ReadonlyMap<string, string>): Record<string, string> {
  const own = [...state].filter(([key]) => key.startsWith(keys));
  return Object.fromEntries(own.map(([key, value]) => [key.slice(keys.length), value]));
}

/** Values as etcd has them. */
function textsOf(held: unknown): Record<string, string> {
  if (typeof held !== 'object' || held === null || Array.isArray(held)) {
    throw new Error(`expected state to return an object of keys and values, got ${shortly(held)}`);
  }
  const entries = Object.entries(held).flatMap(([key, value]) => {
    const one = textOf(value);
    return one === undefined ? [] : [[key, one] as const];
  });
  return Object.fromEntries(entries);
}

function firstDifference(
  held: Readonly<Record<string, string>>,
  is: Readonly<Record<string, string>>,
): readonly [key: string, held: string | undefined, is: string | undefined] {
  const keys = [...new Set([...Object.keys(held), ...Object.keys(is)])].sort();
  const key = keys.find((one) => held[one] !== is[one]) ?? '';
  return [key, held[key], is[key]];
}

const TEXT_LENGTH_MAX = 60;

function shortly(state: unknown): string {
  const whole = textOf(state) ?? 'nothing';
  return whole.length > TEXT_LENGTH_MAX ? `${whole.slice(0, TEXT_LENGTH_MAX)}…` : whole;
}
