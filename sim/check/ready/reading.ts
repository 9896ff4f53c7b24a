/**
 * How ready-made checks read operations: where a thing lies in input or output, and when two things are the same.
 * Invariant: a thing that cannot be found is an error that names the operation and the option that says where it lies,
 * never a value that just fits nothing.
 */
import type { Operation } from '../../history/history.js';
import { canonicalJson, canonicalText } from '../../input/canonical-json.js';
import { describeValue } from '../../input/describe-value.js';

/** An operation as your functions see it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `({ input }) => input.item` is three lines to use; name the types to have them checked
export interface Performed<Input = any, Output = any> extends Omit<Operation, 'input'> {
  readonly input: Input;
  /** What it gave. Undefined unless it ended `ok`. */
  readonly output: Output;
  /** The revision it committed at, where it told. */
  readonly revision: number | undefined;
}

/** Where a thing lies in an operation, such as `({ input }) => input.item`. */
export type Reader<Value = unknown> = (operation: Performed) => Value;

export function performed(operation: Operation): Performed {
  const { outcome } = operation;
  const isOk = outcome?.kind === 'ok';
  return {
    ...operation,
    output: isOk ? outcome.output : undefined,
    revision: isOk ? outcome.revision : undefined,
  };
}

/** A thing as a text that tells it from every other: 1 from "1", and null from "null". Nothing has none. */
export function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : canonicalText(value);
}

/** A thing as etcd stores it, for comparing it with values and keys there: 1 and "1" are the same. Nothing has none. */
export function storedTextOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : canonicalJson(value);
}

/**
 * Reads a thing of an operation that may have no output: a function that wants one finds nothing then.
 */
export function readIfKnown(given: Reader, operation: Operation): unknown {
  if (operation.outcome?.kind === 'ok') return given(performed(operation));
  try {
    return given(performed(operation));
  } catch {
    return undefined;
  }
}

/** What a factory knows of a thing that it reads. */
export interface Place {
  /** The option that says where it lies. */
  readonly option: string;
  readonly in: 'input' | 'output';
  /** Fields that it is looked for in where the option is not given; the first that is there counts. */
  readonly fields: readonly string[];
}

/** Reads a thing that has to be there; null is a thing. @throws Error where it is nowhere */
export function found(place: Place, given: Reader | undefined, operation: Operation): unknown {
  const value = given === undefined ? atPlace(place, operation) : given(performed(operation));
  if (value !== undefined) return value;
  const { id, node, input, outcome } = operation;
  const source = place.in === 'input' ? input : outcome?.kind === 'ok' ? outcome.output : undefined;
  throw new Error(
    `${place.option} finds nothing in ${place.in} of ${id} (${node}), which is ${describeValue(source)}`,
  );
}

/**
 * Reads what tells things apart, such as the slot of a job: nothing is no name. @throws Error where it is nowhere, or null
 */
export function foundName(place: Place, given: Reader | undefined, operation: Operation): string {
  return nameOf(place.option, found(place, given, operation), operation);
}

/** Reads a thing that passes through etcd, as etcd stores it. @throws Error where it is nowhere, or null */
export function foundStored(place: Place, given: Reader | undefined, operation: Operation): string {
  return storedNameOf(place.option, found(place, given, operation), operation);
}

/** As {@link foundName}, of what the function gives; the operation's node without one. */
export function nodeOr(option: string, given: Reader | undefined, operation: Operation): string {
  return given === undefined ? operation.node : nameOf(option, given(performed(operation)), operation);
}

/** @throws Error where it is null or undefined: all such operations would count as one */
export function nameOf(option: string, value: unknown, operation: Operation): string {
  return textOf(value) ?? refuseNothing(option, value, operation);
}

/** As {@link nameOf}, as etcd stores it. */
export function storedNameOf(option: string, value: unknown, operation: Operation): string {
  return storedTextOf(value) ?? refuseNothing(option, value, operation);
}

function refuseNothing(option: string, value: unknown, { id, node }: Operation): never {
  const came = value === null ? 'null' : 'undefined';
  throw new Error(`${option} is ${came} for ${id} (${node}): expected a value that tells it from others`);
}

/**
 * Reads the name of what the operation is about; empty where nothing says so, or null does, for then all are about one.
 *
 * @throws Error where the function gives undefined
 */
export function partOf(place: Omit<Place, 'in'>, given: Reader | undefined, operation: Operation): string {
  const { input } = operation;
  const field = isObject(input) ? place.fields.find((name) => Object.hasOwn(input, name)) : undefined;
  const inField = field === undefined || !isObject(input) ? null : (input[field] ?? null);
  const part = given === undefined ? inField : given(performed(operation));
  return part === null ? '' : nameOf(place.option, part, operation);
}

/** Whole where it is no object, else the first of the fields that it has. */
function atPlace({ in: where, fields }: Place, { input, outcome }: Operation): unknown {
  const source: unknown = where === 'input' ? input : outcome?.kind === 'ok' ? outcome.output : undefined;
  if (!isObject(source)) return source;
  const field = fields.find((name) => Object.hasOwn(source, name));
  return field === undefined ? undefined : source[field];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
