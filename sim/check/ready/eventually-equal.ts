/**
 * Caches and other views of one thing are equal in the end. Invariant: only the last view of each counts, and only if
 * nothing can have changed since it was taken. A difference that a write without an answer may explain is no violation.
 */
import * as v from 'valibot';
import type { History, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import { canonicalJson } from '../../input/canonical-json.js';
import { numberFrom, text } from '../../input/schema.js';
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
import { found, nodeOr, storedTextOf, type Performed, type Reader } from './reading.js';
import { inconclusive, readyCheck, violated } from './ready-check.js';
import { Reference } from './reference-states.js';

export interface EventuallyEqualOptions extends ReadyOptions {
  /** Operations that give what a cache holds, the last one of each when all is over. */
  readonly view: OperationNames;
  /** Which cache; by default the node. */
  readonly of?: Reader | undefined;
  /** What it holds. By default the field `state` of the output, or the output. With `keys`, each key and its value. */
  readonly state?: Reader | undefined;
  /** Keys in etcd that a cache is a view of, by what they begin with; it names them with it or without it. By default caches are compared with one another. */
  readonly keys?: string | undefined;
  /** With `keys`: how long a view may lag behind etcd, in milliseconds. */
  readonly withinMs?: number | undefined;
}

/** The last views of all caches are equal, and equal to what etcd has. */
export function eventuallyEqual(options: EventuallyEqualOptions): Check {
  expectOptions(
    'eventuallyEqual',
    {
      view: operationNames,
      of: reader,
      state: reader,
      keys: v.optional(text('a prefix of keys')),
      withinMs: v.optional(numberFrom(0, 1e9)),
    },
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
        : judgeByLog(history, lastViews(history, options), options),
  });
}

/** The field `state`, or the whole output where it has none. */
function heldBy({ output }: Performed): unknown {
  const fields = Object(output) as Readonly<Record<string, unknown>>;
  return Object.hasOwn(fields, 'state') ? fields['state'] : output;
}

export interface View {
  readonly operation: Operation;
  readonly of: string;
  readonly state: unknown;
}

function lastViews({ operations }: History, { view, of, state }: EventuallyEqualOptions): View[] {
  const last = new Map<string, View>();
  for (const operation of operations) {
    if (!namesOf(view).includes(operation.name) || endOf(operation) !== 'ok') continue;
    const whose = nodeOr('of', of, operation);
    const place = { option: 'state', in: 'output', fields: ['state'] } as const;
    last.set(whose, { operation, of: whose, state: found(place, state ?? heldBy, operation) });
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
  // Revisions before the first with a known writer are set-up. A later one without a known writer may be of any
  // operation.
  const first = log.findIndex(({ revision }) => writers.has(revision));
  const isExplained = first >= 0 && log.slice(first).every(({ revision }) => writers.has(revision));
  if (isExplained) return undefined;
  return others.find((one) => endOf(one) !== 'failed' && revisionOf(one) === undefined && isLate(one))?.id;
}

function revisionOf({ outcome }: Operation): number | undefined {
  return outcome?.kind === 'ok' ? outcome.revision : undefined;
}

function judgeByLog(
  history: History,
  views: readonly View[],
  options: EventuallyEqualOptions,
): Finding | undefined {
  const { keys = '' } = options;
  const reference = new Reference(history, keys);
  for (const view of views) {
    const held = reference.shortKeys(textsOf(view.state));
    const finding = reference.judge(view, held, options.withinMs);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** Values as etcd has them. */
function textsOf(held: unknown): Record<string, string> {
  if (typeof held !== 'object' || held === null || Array.isArray(held)) {
    throw new Error(`expected state to return an object of keys and values, got ${shortly(held)}`);
  }
  const entries = Object.entries(held).flatMap(([key, value]) => {
    const one = storedTextOf(value);
    return one === undefined ? [] : [[key, one] as const];
  });
  return Object.fromEntries(entries);
}

const TEXT_LENGTH_MAX = 60;

function shortly(state: unknown): string {
  const whole = storedTextOf(state) ?? 'nothing';
  return whole.length > TEXT_LENGTH_MAX ? `${whole.slice(0, TEXT_LENGTH_MAX)}…` : whole;
}
