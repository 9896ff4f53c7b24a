/**
 * What a user writes for a family of recipes: the steps that clients take, and a model that knows what must come of
 * them. Invariant: right recipes never violate it.
 */
import type { Arbitrary } from 'fast-check';
import type { World } from './world.js';

/** What a test asserts does not hold. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export function assertThat(holds: boolean, message: string): void {
  if (!holds) throw new Violation(message);
}

/** @typeParam Step what one client does at a time, such as one dequeue */
export interface Subject<Step> {
  readonly step: Arbitrary<Step>;
  open(world: World): Promise<Play<Step>>;
}

/** One run. */
export interface Play<Step> {
  /** The steps of one lane follow one another. */
  laneOf(step: Step): string;
  /** Rejects with a {@link Violation} where something is wrong, and with nothing else. */
  play(step: Step): Promise<void>;
  /** After all steps: looks at what they left behind. */
  finish(): Promise<void>;
}

/** Resolves to undefined, and tells, where a call fails because a reply was lost; without one a failure is a violation. */
export async function attempt<T>(
  world: World,
  call: () => Promise<T>,
  onFailure: (error: unknown) => void = () => undefined,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Violation) throw error;
    if (world.lost === 0) throw new Violation(`expected success, got ${String(error)}`);
    onFailure(error);
    return undefined;
  }
}
