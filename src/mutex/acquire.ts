/**
 * Getting a lock by standing in a line. Invariant: whoever did not get it has no place in the line, as soon as etcd can
 * be told; a call that is given up does not wait for that longer than one request may take.
 */
import type { Effort } from '../effort.js';
import { IndefiniteError } from '../errors.js';
import type { Line } from '../line/line.js';
import { takePlace, type Place } from '../line/place.js';
import type { Session } from '../session.js';
import { HeldLock, retire } from './held-lock.js';

export interface Acquisition {
  readonly session: Session;
  readonly effort: Effort;
  readonly line: Line;
  readonly key: string;
  /** Ends what else was reserved for the lock. */
  release(): void;
}

/** Waits for the lock. Rejects as `takePlace` and `Line.turnOf` do. */
export async function acquire(acquisition: Acquisition): Promise<HeldLock> {
  const lock = await attempt(acquisition, (place) => acquisition.line.turnOf(place, acquisition.effort));
  if (lock === undefined) throw new Error('a turn comes or its wait rejects');
  return lock;
}

/** The lock if nobody has it, or is before us in the line; else undefined. */
export function tryAcquire(acquisition: Acquisition): Promise<HeldLock | undefined> {
  return attempt(acquisition, (place) => acquisition.line.turnNow(place, acquisition.effort));
}

async function attempt(
  { session, effort, key, release }: Acquisition,
  turn: (place: Place) => Promise<number | undefined>,
): Promise<HeldLock | undefined> {
  try {
    effort.begin();
    const place = await takePlace(session, effort, key);
    const grantedRevision = await turn(place);
    if (grantedRevision !== undefined) return new HeldLock(session, { ...place, grantedRevision }, release);
    await withdraw(session, effort, key, release);
    return undefined;
  } catch (error) {
    await withdraw(session, effort, key, release);
    // Whatever was indefinite, nothing is held: the place is given up.
    throw error instanceof IndefiniteError && !session.alive ? (session.signal.reason as Error) : error;
  }
}

/** Gives the place up; what cannot be done at once goes on behind the caller's back. */
async function withdraw(session: Session, effort: Effort, key: string, release: () => void): Promise<void> {
  const retired = retire(session, key).finally(release);
  await effort.lastResort((last) => last.unlessAborted(retired)).catch(() => undefined);
}
