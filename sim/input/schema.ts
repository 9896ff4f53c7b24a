/**
 * The shapes that input is checked against, on top of valibot, whose schemas also make JSON Schema. Invariant: a
 * refusal is one printable line that says where, what was expected and what came. A schema's message is the phrase that
 * stands after "expected".
 */
import * as v from 'valibot';
import { describeValue } from './describe-value.js';
import { malformed, ok, oneOf, quote, suggestion, type Parsed } from './parsed.js';

/** Reads a value. @param place where it stands, such as `plan`; empty for the whole */
export function readValue<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  place = '',
): Parsed<v.InferOutput<Schema>> {
  const result = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  return result.success ? ok(result.output) : malformed(refusalOf(result.issues[0], place));
}

/** What a schema lets through. */
export type Read<Schema extends v.GenericSchema> = Frozen<v.InferOutput<Schema>>;

type Frozen<T> = { readonly [Key in keyof T]: T[Key] extends (infer Item)[] ? readonly Item[] : T[Key] };

/** An object with these fields and no others. @param noun what a field of it is called */
export function fields<const Entries extends v.ObjectEntries>(entries: Entries, noun = 'field') {
  return v.strictObject(entries, (issue) => {
    const key = issue.path?.at(-1)?.key;
    if (issue.expected === 'never') {
      return `${noun} ${quote(String(key))}${suggestion(String(key), Object.keys(entries))}`;
    }
    if (issue.path === undefined || issue.expected === 'Object') return 'an object';
    return `a ${entries[String(key)]?.type === 'function' ? 'function' : 'field'} ${String(key)}`;
  });
}

/** A whole number, both ends included. */
export function whole(min: number, max: number) {
  const what = `a whole number from ${min} to ${max}`;
  return v.pipe(v.number(what), v.integer(what), v.minValue(min, what), v.maxValue(max, what));
}

/** Any finite number, both ends included. */
export function numberFrom(min: number, max: number) {
  const what = `a number from ${min} to ${max}`;
  return v.pipe(v.number(what), v.minValue(min, what), v.maxValue(max, what));
}

/** A text that is not empty. */
export function text(what = 'a string') {
  return v.pipe(v.string(what), v.nonEmpty(what));
}

/** One of a few names; the closest is offered for a mistyped one. */
export function choice<const Names extends readonly string[]>(names: Names) {
  return v.picklist(names, ({ input }) => oneOf(names) + hint(input, names));
}

/** A list, each item of which is in order. */
export function list<Item extends v.GenericSchema>(item: Item, what = 'a list') {
  return v.array(item, what);
}

/** Seeds are unsigned 32-bit integers. */
export const seed = whole(0, 2 ** 32 - 1);

/** Says what a field means, in JSON Schema too. */
export function meaning<Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

/** Separates the phrase from the offer of a close name, which stands behind what came. */
const OFFER = '\u0000';

function hint(input: unknown, names: readonly string[]): string {
  return typeof input === 'string' ? `${OFFER}${suggestion(input, names)}` : '';
}

/** The phrase for a field whose text must be one of many names. */
export function oneOfMany(what: string, names: readonly string[]) {
  return ({ input }: { readonly input: unknown }): string =>
    `${what} (${names.join(', ')})${hint(input, names)}`;
}

function refusalOf(issue: v.BaseIssue<unknown>, place: string): string {
  const path = issue.path ?? [];
  const isOfField = issue.type === 'strict_object' && issue.expected !== 'Object';
  const where = placeOf(place, isOfField ? path.slice(0, -1) : path);
  const before = where === '' ? '' : `${where}: `;
  if (isOfField && issue.expected === 'never') {
    return `${before}unknown ${issue.message}`;
  }
  if (isOfField) return `${before}expected ${issue.message}, got none`;
  const [what = '', offer = ''] = issue.message.split(OFFER);
  return `${before}expected ${what}, got ${describeValue(issue.input)}${offer}`;
}

function placeOf(start: string, path: readonly { readonly key?: unknown }[]): string {
  return path.reduce<string>((place, { key }) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    const name = typeof key === 'string' && /^[\w-]{1,60}$/.test(key) ? key : quote(String(key));
    return place === '' ? name : `${place}.${name}`;
  }, start);
}
