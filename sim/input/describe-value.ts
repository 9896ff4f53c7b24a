/**
 * Any value in a few words, for messages that say what came instead. Invariant: it never throws and never runs away,
 * for any value: config files and scenarios are not type-checked.
 */
import { quote } from './parsed.js';

/** Such as `5`, `"five"`, `[1,2]`, `a function` or `none`; never more than one short printable line. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'undefined':
      return 'none';
    case 'number':
    case 'boolean':
      return String(value);
    case 'bigint':
      return `the BigInt ${cut(`${value}n`)}`;
    case 'symbol':
      return 'a symbol';
    case 'function':
      return 'a function';
    default:
      return value === null ? 'null' : describeObject(value as object);
  }
}

const TEXT_LENGTH_MAX = 80;

function describeObject(value: object): string {
  const isList = attempt(() => Array.isArray(value)) === true;
  if (!isPlain(value) && !isList) return attempt(() => nameOfClass(value)) ?? 'an object';
  // Do not write out a large value only to cut it.
  const size = attempt(() => Object.keys(value).length) ?? Infinity;
  const text = size > TEXT_LENGTH_MAX ? undefined : attempt(() => JSON.stringify(value));
  if (typeof text !== 'string') return isList ? 'a list' : 'an object';
  return cut(
    quote(text, TEXT_LENGTH_MAX)
      .slice(1, -1)
      .replaceAll(String.raw`\"`, '"'),
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = attempt(() => Object.getPrototypeOf(value) as unknown);
  return prototype === null || prototype === Object.prototype;
}

function nameOfClass(value: object): string | undefined {
  const { name } = value.constructor;
  if (typeof name !== 'string' || !/^\w+$/.test(name)) return undefined;
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

function cut(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
}

/** What it gives; undefined where it throws: a getter, or a Proxy, can do anything. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
