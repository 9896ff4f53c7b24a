/**
 * Standing in a line until there is something to hold. Invariant: a call that holds nothing gives up its place in the
 * line as soon as it can reach etcd. A call that is given up does not wait for that longer than one request may take.
 */
import type { Effort } from '../effort.js';
import { IndefiniteError } from '../errors.js';
import type { Session } from '../session.js';
import { takePlace, type TakenPlace } from './place.js';
import { retire } from './retire.js';

/** A call that wants a place. */
export interface Stand {
  readonly session: Session;
  readonly effort: Effort;
  readonly key: string;
  /** Ends what else was reserved for the place. */
  release(): void;
}

/**
 * Takes a place and waits for `body`. If either rejects, the place is given up, and this rejects with the same error,
 * or with the session's loss if that is why etcd could not be asked.
 */
export async function inLine<T>(
  stand: Stand,
  value: string | Buffer,
  body: (place: TakenPlace) => Promise<T>,
): Promise<T> {
  const { session, effort, key } = stand;
  try {
    effort.begin();
    return await body(await takePlace(session, effort, key, value));
  } catch (error) {
    await withdraw(stand);
    // Even if the outcome is indefinite, nothing is held: the place goes with the session.
    throw error instanceof IndefiniteError && !session.alive ? (session.signal.reason as Error) : error;
  }
}

/** Gives the place up; the rest continues in the background if it takes too long. */
export async function withdraw({ session, effort, key, release }: Stand): Promise<void> {
  const retired = retire(session, key).finally(release);
  await effort.lastResort((last) => last.unlessAborted(retired)).catch(() => undefined);
}
