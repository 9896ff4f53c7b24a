/**
 * Whether a value is JSON: it survives being written and read unchanged. Invariant: nothing that JSON would drop,
 * change or choke on passes, and no value makes the search run away.
 */

/** Values that survive JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** What of a value is no JSON, and where. */
export interface NotJson {
  /** Such as `output.balances[2]`. */
  readonly place: string;
  readonly value: unknown;
  /** It is within itself. */
  readonly isCycle: boolean;
}

/** The first part that is no JSON; undefined where all is. @param place what the value itself is called */
export function whereNotJson(value: unknown, place: string): NotJson | undefined {
  return search(value, place, []);
}

/** Deeper values would not be read back by everybody. */
const DEPTH_MAX = 500;

function search(value: unknown, place: string, within: readonly object[]): NotJson | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return undefined;
  if (typeof value !== 'object') return { place, value, isCycle: false };
  const isCycle = within.includes(value);
  if (isCycle || within.length >= DEPTH_MAX || !isPlain(value)) return { place, value, isCycle };
  const deeper = [...within, value];
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const wrong = search(value[index], `${place}[${index}]`, deeper);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  }
  for (const [name, part] of Object.entries(value)) {
    // Like JSON, leave out a field without a value.
    if (part === undefined) continue;
    const wrong = search(part, `${place}.${name}`, deeper);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm, such as a fresh context, has an Object.prototype of its own.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
