/**
 * How ready-made checks read operations: where a thing lies in input or output, and when two things are the same.
 * Invariant: a thing that cannot be found is an error that names the operation and the option that says where it lies,
 * never a value that just fits nothing.
 */
import type { Operation } from '../../history/history.js';
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

/** A thing as a text: equal things have equal texts, and a text is its own. Nothing has none. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** JSON whose objects have their fields in order. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
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

/** Reads the name of what the operation is about; empty where nothing says so, for then all are about one. */
export function partOf(place: Omit<Place, 'in'>, given: Reader | undefined, operation: Operation): string {
  if (given !== undefined) return textOf(given(performed(operation))) ?? '';
  const { input } = operation;
  if (!isObject(input)) return '';
  const field = place.fields.find((name) => Object.hasOwn(input, name));
  return field === undefined ? '' : (textOf(input[field]) ?? '');
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
