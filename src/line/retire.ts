/** Giving a place up for good. Invariant: it never rejects, and ends with the session. */
import { Effort } from '../effort.js';
import type { Session } from '../session.js';
import { givePlaceUp } from './place.js';

/**
 * Gives a place up, again and again until etcd has confirmed it or the session is over. If the revision is known, it
 * gives up that place only. Never rejects.
 */
export async function retire(session: Session, key: string, revision?: number): Promise<void> {
  const effort = new Effort({ ...session.options, maxAttempts: Infinity }, session.signal);
  const backoff = effort.newBackoff();
  while (session.alive) {
    try {
      await givePlaceUp(session, effort, key, revision);
      return;
    } catch {
      await effort.pause(backoff.nextMs()).catch(() => undefined);
    }
  }
}
