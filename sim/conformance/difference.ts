/** The first place where two values differ. */

export interface Difference {
  /** The place, such as `response.kvs[0].version`. */
  readonly where: string;
  readonly inMemory: unknown;
  readonly real: unknown;
}

/** Undefined if both are the same, down to every field. */
export function difference(where: string, inMemory: unknown, real: unknown): Difference | undefined {
  if (inMemory === real) return undefined;
  if (isObject(inMemory) && isObject(real) && Array.isArray(inMemory) === Array.isArray(real)) {
    for (const key of new Set([...Object.keys(inMemory), ...Object.keys(real)])) {
      const place = Array.isArray(inMemory) ? `${where}[${key}]` : `${where}.${key}`;
      const found = difference(place, inMemory[key], real[key]);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return { where, inMemory, real };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
