/**
 * The arbitraries of a user's own fast-check. It has two declarations, one for ES modules and one for CommonJS, which
 * TypeScript holds for two types. Invariant: both are accepted, by their methods.
 */
import type { Arbitrary } from 'fast-check';

/** An arbitrary of fast-check, such as `fc.nat()`, from either declaration. */
export interface AnyArbitrary<T> {
  generate(random: never, biasFactor: number | undefined): { readonly value: T };
  canShrinkWithoutContext(value: unknown): value is T;
  shrink(value: T, context: unknown): { [Symbol.iterator](): Iterator<{ readonly value: T }> };
}

export function isArbitrary(value: unknown): value is AnyArbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { generate, shrink } = value as Partial<AnyArbitrary<unknown>>;
  return typeof generate === 'function' && typeof shrink === 'function';
}

/** The same object, in the type that this package uses. */
export function arbitraryOf<T>(any: AnyArbitrary<T>): Arbitrary<T> {
  return any as unknown as Arbitrary<T>;
}
