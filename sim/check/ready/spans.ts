/**
 * For how long a node believed to have something: while an operation lasted, or from the end of one to the beginning of
 * another. Invariant: a span begins when its node knew, and ends when it began to let go, or died.
 */
import type { Crash, History, Operation } from '../../history/history.js';
import type { Moment } from '../../history/moment.js';
import { endOf } from '../../history/operations.js';
import { canonicalJson } from '../../input/canonical-json.js';
import { describeValue } from '../../input/describe-value.js';
import { InputError } from '../../input/parsed.js';
import { namesOf, operationNames, reader, type OperationNames } from './options.js';
import { nodeOr, partOf, performed, type Performed, type Reader } from './reading.js';
import * as v from 'valibot';

/** One operation that lasts as long as its node is inside. */
export interface DuringOptions {
  readonly during: OperationNames;
  readonly acquire?: undefined;
  readonly release?: undefined;
  readonly holder?: undefined;
  readonly acquired?: undefined;
}

/** Two operations: a node is inside from when `acquire` has returned ok until it invokes `release`. */
export interface PairOptions {
  readonly acquire: OperationNames;
  /** What ends it, such as `['unlock', 'lost']`. */
  readonly release: OperationNames;
  /** The holder: a release ends an acquire of the same one. By default the node. */
  readonly holder?: Reader | undefined;
  /** Whether an acquire that ended ok got it, such as a try; by default it did unless its output is false. */
  readonly acquired?: Reader<boolean> | undefined;
  readonly during?: undefined;
}

export type SpanOptions = DuringOptions | PairOptions;

export const spanEntries = {
  during: v.optional(operationNames),
  acquire: v.optional(operationNames),
  release: v.optional(operationNames),
  holder: reader,
  acquired: reader,
};

/** @throws InputError unless it is one of the two shapes */
export function expectSpan(factory: string, options: SpanOptions): void {
  const { during, acquire, release, holder, acquired } = options;
  expectShape(factory, { during }, { acquire, release, holder, acquired });
}

/**
 * Either the one option, or the first two of the others.
 *
 * @throws InputError
 */
export function expectShape(factory: string, one: Shape, pair: Shape): void {
  const [single = ''] = Object.keys(one);
  const [first = '', second = ''] = Object.keys(pair);
  const given = Object.entries({ ...one, ...pair })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name);
  const isOne = given.length === 1 && given[0] === single;
  const isPair = given.includes(first) && given.includes(second) && !given.includes(single);
  if (!isOne && !isPair) {
    const got = given.length === 0 ? describeValue(undefined) : given.join(' and ');
    throw new InputError(`checks.${factory}: expected ${single}, or ${first} and ${second}, got ${got}`);
  }
}

type Shape = Readonly<Record<string, unknown>>;

export interface Span {
  /** The operation that began it. */
  readonly operation: Operation;
  readonly id: string;
  readonly node: string;
  /** What it is about. */
  readonly key: string;
  /** Places in the run's order, and times, at which it began and ended; infinite where it did not end. */
  readonly start: number;
  readonly end: number;
  readonly startUs: number;
  readonly endUs: number;
  /** When it can have been granted at the earliest. */
  readonly sinceUs: number;
}

/** @param keyOf what an operation is about */
export function spansOf(
  history: History,
  options: SpanOptions,
  keyOf: (operation: Operation) => string,
): Span[] {
  return options.during === undefined
    ? pairsOf(history, options, keyOf)
    : duringOf(history, namesOf(options.during), keyOf);
}

/** However it ended: its body began, so its node was inside. */
function duringOf(
  history: History,
  names: readonly string[],
  keyOf: (operation: Operation) => string,
): Span[] {
  const returns = new Map<string, number[]>();
  for (const { node, return: end } of history.operations) {
    if (end === undefined) continue;
    const own = returns.get(node);
    if (own === undefined) returns.set(node, [end.timeUs]);
    else own.push(end.timeUs);
  }
  return history.operations
    .filter(({ name }) => names.includes(name))
    .map((operation) => {
      const { invoke, node } = operation;
      const before = (returns.get(node) ?? []).filter((timeUs) => timeUs <= invoke.timeUs);
      const end = operation.return ?? crashAfter(history, node, invoke)?.at;
      return spanOf(operation, keyOf(operation), { start: invoke, end, sinceUs: Math.max(0, ...before) });
    });
}

function pairsOf(
  history: History,
  { acquire, release, holder, acquired = isNotFalse }: PairOptions,
  keyOf: (operation: Operation) => string,
): Span[] {
  const acquires = namesOf(acquire);
  const releases = namesOf(release);
  const holderOf = (operation: Operation) => nodeOr('holder', holder, operation);
  /** The releases of each holder and key, by invocation. */
  const ends = new Map<string, Operation[]>();
  const placeOf = (operation: Operation) => canonicalJson([holderOf(operation), keyOf(operation)]);
  for (const operation of history.operations) {
    if (!releases.includes(operation.name)) continue;
    const place = placeOf(operation);
    const own = ends.get(place);
    if (own === undefined) ends.set(place, [operation]);
    else own.push(operation);
  }
  return history.operations.flatMap((operation): Span[] => {
    const start = operation.return;
    if (!acquires.includes(operation.name) || endOf(operation) !== 'ok' || start === undefined) return [];
    if (!acquired(performed(operation))) return [];
    const ending = ends.get(placeOf(operation))?.find(({ invoke }) => invoke.sequence > start.sequence);
    const end = earlier(ending?.invoke, crashAfter(history, operation.node, start)?.at);
    return [spanOf(operation, keyOf(operation), { start, end, sinceUs: operation.invoke.timeUs })];
  });
}

/** Whether it did what it tried. */
export function isNotFalse({ output }: Performed): boolean {
  return output !== false;
}

function spanOf(
  operation: Operation,
  key: string,
  {
    start,
    end,
    sinceUs,
  }: { readonly start: Moment; readonly end: Moment | undefined; readonly sinceUs: number },
): Span {
  return {
    operation,
    ...{ id: operation.id, node: operation.node, key, sinceUs },
    start: start.sequence,
    startUs: start.timeUs,
    end: end?.sequence ?? Infinity,
    endUs: end?.timeUs ?? Infinity,
  };
}

function earlier(one: Moment | undefined, other: Moment | undefined): Moment | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.sequence <= other.sequence ? one : other;
}

/** The node's first death after a moment. */
function crashAfter({ crashes = [] }: History, node: string, { sequence }: Moment): Crash | undefined {
  return crashes.find((crash) => crash.node === node && crash.at.sequence > sequence);
}

export const partOfKey = (given: Reader | undefined) => (operation: Operation) =>
  partOf({ option: 'key', fields: ['key', 'lock'] }, given, operation);
