/**
 * A user's test for a family of recipes: the clients' steps, and a model of their correct results. Invariant:
 * correct recipes never violate it.
 */
import type { Arbitrary } from 'fast-check';
import type { World } from './world.js';

/** A failed assertion of a test. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export function assertThat(holds: boolean, message: string): void {
  if (!holds) throw new Violation(message);
}

/** @typeParam Step one action of a client, such as one dequeue */
export interface Subject<Step> {
  readonly step: Arbitrary<Step>;
  open(world: World): Promise<Play<Step>>;
}

/** One run. */
export interface Play<Step> {
  /** The steps of one lane follow one another. */
  laneOf(step: Step): string;
  /** Rejects with a {@link Violation} if something is wrong, and with nothing else. */
  play(step: Step): Promise<void>;
  /** After all steps: checks the state that they left. */
  finish(): Promise<void>;
}

/**
 * Resolves to undefined, and reports it, if a call fails because of a lost reply; without a lost reply a
 * failure is a violation.
 */
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
