/**
 * Entering a double barrier: first a key among the waiters, then a complete round. Invariant: a key is put only if
 * fewer than `count` are there and no other came in between. So a waiter is in the next complete round, or withdraws in
 * a transaction that compares that no round is complete.
 */
import { Changes } from '../changes.js';
import { absent, modifiedBefore } from '../commit/comparisons.js';
import type { Effort } from '../effort.js';
import { ConflictError, IndefiniteError, messageOf } from '../errors.js';
import { nanoseconds } from '../nanoseconds.js';
import type { Session } from '../session.js';
import { TooManyClientsError } from './errors.js';
import { placeGone } from './lost-session.js';
import { waitersOf, type DoubleBarrierKeys, type Sight, type Waiter } from './double-barrier-keys.js';

/** The barrier to enter. */
export interface Entrance {
  readonly session: Session;
  readonly keys: DoubleBarrierKeys;
  readonly name: string;
  readonly count: number;
}

/**
 * Puts a key among the waiters, once no earlier round is under way. The first attempt has begun. Rejects as
 * `ExactlyOnce.apply` does, and with a `TooManyClientsError` or a `ConflictError`.
 *
 * @param announce gets the key before any request that may put it
 */
export async function join(
  { session, keys, name, count }: Entrance,
  effort: Effort,
  announce: (key: string) => void,
): Promise<Waiter> {
  const changes = new Changes(session.client, effort);
  let sight = await keys.look(effort);
  let conflicts = 0;
  for (;;) {
    const inside = waitersOf(sight.ready, sight);
    if (inside.length >= count || (inside.length === 0 && sight.waiters.length >= count)) {
      throw new TooManyClientsError(`${count} clients are already at the barrier ${name}`);
    }
    const [lowest] = inside;
    if (lowest !== undefined) {
      // The lowest of a round leaves last.
      await changes.next({ key: lowest.key, afterRevision: sight.revision, only: 'delete' });
      sight = await keys.look(effort);
      continue;
    }
    const key = keys.keyOf(nanoseconds());
    announce(key);
    const applied = await session.once.apply(effort, {
      compares: [absent(key), keys.sameReady(sight), keys.nobodySince(sight)],
      writes: [session.client.put(key).value('').lease(session.leaseId)],
      readings: keys.readings,
    });
    if (applied.kind === 'applied') return { key, revision: applied.revision };
    conflicts += 1;
    if (!effort.mayTry)
      throw new ConflictError(`gave up after ${conflicts} conflicts at the barrier ${name}`);
    effort.begin();
    sight = keys.sightOf(applied.responses, applied.revision);
    await effort.pauseAfterConflict();
  }
}

/**
 * Waits until the round of a waiter is complete; resolves to the revision of the mark. Each waiter that sees enough others
 * tries to put the mark. Rejects with a `SessionLostError` if the waiter's key is gone, or as `ExactlyOnce.apply` does.
 */
export async function roundOf(
  { session, keys, count }: Entrance,
  effort: Effort,
  own: Waiter,
): Promise<number> {
  const changes = new Changes(session.client, effort);
  for (;;) {
    const sight = await keys.look(effort);
    if (!isThere(own, sight)) throw placeGone(own.key);
    if (sight.ready > own.revision) return sight.ready;
    const first = sight.waiters.slice(0, count);
    if (first.length < count || !first.some(({ key }) => key === own.key)) {
      await changes.next({ key: keys.readyKey, afterRevision: sight.revision, only: 'put' });
      continue;
    }
    const applied = await session.once.apply(effort, {
      compares: [keys.sameReady(sight), ...first.map((waiter) => keys.isThere(waiter))],
      writes: [session.client.put(keys.readyKey).value('')],
    });
    if (applied.kind === 'applied') return applied.revision;
    // One of them is gone, or another waiter put the mark.
  }
}

/** The end of an attempt to withdraw. */
export type Withdrawal =
  | { readonly kind: 'withdrawn' }
  /** The round is complete: the waiter is in. */
  | { readonly kind: 'complete'; readonly round: number };

/**
 * Deletes a waiter's key unless its round is complete. Takes no longer than one request may. Rejects with an
 * `IndefiniteError` if etcd cannot be asked.
 */
export async function withdraw(
  { session, keys, name }: Entrance,
  effort: Effort,
  own: Waiter,
): Promise<Withdrawal> {
  try {
    const applied = await effort.lastResort((last) =>
      session.once.apply(last, {
        compares: [keys.isThere(own), modifiedBefore(keys.readyKey, own.revision)],
        writes: [session.client.delete().key(own.key)],
        readings: keys.readings,
      }),
    );
    if (applied.kind === 'applied') return { kind: 'withdrawn' };
    const sight = keys.sightOf(applied.responses, applied.revision);
    if (isThere(own, sight)) return { kind: 'complete', round: sight.ready };
    return { kind: 'withdrawn' };
  } catch (error) {
    throw new IndefiniteError(`may have entered the barrier ${name}, so leave it: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Whether the waiter's key, as it was put, is there. */
export function isThere({ key, revision }: Waiter, { waiters }: Sight): boolean {
  return waiters.some((waiter) => waiter.key === key && waiter.revision === revision);
}
