/** Whether what was read from JSON has a shape. Invariant: nothing is assumed of a value, not even that it is there. */

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it has all of these as finite numbers, none below 0. */
export function hasNumbers(
  value: unknown,
  names: readonly string[],
): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && names.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= 0);
}

export function isWhole(
  value: unknown,
  { min, max }: { readonly min: number; readonly max?: number },
): boolean {
  return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= (max ?? Infinity);
}

export function isSeed(value: unknown): boolean {
  return isWhole(value, { min: 0, max: 2 ** 32 - 1 });
}

export function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}
