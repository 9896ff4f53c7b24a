/**
 * Leaving a double barrier together. The waiter with the lowest revision keeps its key until the other keys of the round
 * are gone. Each other waiter deletes its key at once and then waits for the rest. Invariant: only waiters of the own
 * round count, and none has left before all of them have begun to leave.
 */
import { Changes } from '../changes.js';
import type { Operation } from '../commit/exactly-once.js';
import type { Effort } from '../effort.js';
import type { Session } from '../session.js';
import { isThere } from './enter.js';
import { placeGone } from './lost-session.js';
import { waitersOf, type DoubleBarrierKeys, type Sight, type Waiter } from './double-barrier-keys.js';

/** A waiter in a complete round. */
export interface Member {
  readonly own: Waiter;
  /** Revision that marked the round as complete. */
  readonly round: number;
  /** True once its key is deleted and it only waits for the others. */
  gone: boolean;
}

/**
 * Leaves, and waits until all of the round do. Rejects with a `SessionLostError` if another client or the lease's end
 * deleted the key, or as `ExactlyOnce.apply` does.
 */
export async function leave(
  { session, keys }: { readonly session: Session; readonly keys: DoubleBarrierKeys },
  effort: Effort,
  member: Member,
): Promise<void> {
  const { own, round } = member;
  const changes = new Changes(session.client, effort);
  for (;;) {
    const sight = await keys.look(effort);
    const others = waitersOf(round, sight).filter(({ key }) => key !== own.key);
    const [lowest] = others;
    if (!member.gone) {
      if (!isThere(own, sight)) throw placeGone(own.key);
      if (lowest !== undefined && own.revision < lowest.revision) {
        await waitFor(changes, others.at(-1) ?? lowest, sight);
        continue;
      }
      // The last one deletes the mark.
      const ends = lowest === undefined && sight.ready === round;
      const applied = await session.once.apply(effort, {
        compares: [keys.isThere(own), ...(ends ? [keys.sameReady(sight)] : [])],
        writes: [deletionOf(session, own.key), ...(ends ? [deletionOf(session, keys.readyKey)] : [])],
      });
      member.gone = applied.kind === 'applied';
      if (!member.gone) continue;
    }
    if (lowest === undefined) return;
    await waitFor(changes, lowest, sight);
  }
}

async function waitFor(changes: Changes, { key }: Waiter, { revision }: Sight): Promise<void> {
  await changes.next({ key, afterRevision: revision, only: 'delete' });
}

function deletionOf(session: Session, key: string): Operation {
  return session.client.delete().key(key);
}
