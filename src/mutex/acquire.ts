/** Getting a lock by standing in a line; see {@link inLine} for what a call leaves behind. */
import { inLine, withdraw, type Stand } from '../line/in-line.js';
import type { Line } from '../line/line.js';
import { HeldLock } from './held-lock.js';

export interface Acquisition extends Stand {
  readonly line: Line;
}

/** Waits for the lock. Rejects as `takePlace` and `Line.turnOf` do. */
export function acquire(acquisition: Acquisition): Promise<HeldLock> {
  const { session, effort, line, release } = acquisition;
  return inLine(acquisition, '', async (place) => {
    const grantedRevision = await line.turnOf(place, effort);
    return new HeldLock(session, { ...place, grantedRevision }, release);
  });
}

/** The lock if no place is ahead in the line, else undefined. */
export function tryAcquire(acquisition: Acquisition): Promise<HeldLock | undefined> {
  const { session, effort, line, release } = acquisition;
  return inLine(acquisition, '', async (place) => {
    const grantedRevision = await line.turnNow(place, effort);
    if (grantedRevision !== undefined) return new HeldLock(session, { ...place, grantedRevision }, release);
    await withdraw(acquisition);
    return undefined;
  });
}
