/**
 * A place in a line: a key under a session's lease, whose create revision gives its rank. Invariant: a place is taken
 * once and given up for good: no late copy of a request brings it back.
 */
import { absent, createdAt, underLease } from '../commit/comparisons.js';
import type { Effort } from '../effort.js';
import { DefiniteError } from '../errors.js';
import type { Session } from '../session.js';

/** A place that was taken. */
export interface Place {
  /** Without the client's namespace. */
  readonly key: string;
  /** Create revision of the key: the smaller came first, and no two places of a line have the same. */
  readonly revision: number;
}

/** A place that was taken, or kept. */
export interface TakenPlace extends Place {
  /** Whether the key was there already, with a value of its own. */
  readonly kept: boolean;
}

/**
 * Takes a place. If the key is there already under the session's lease, an earlier call put it without learning so, and
 * its place is kept. Rejects as `ExactlyOnce.apply` does, and with a `DefiniteError` if the key belongs to another
 * client.
 */
export async function takePlace(
  session: Session,
  effort: Effort,
  key: string,
  value: string | Buffer,
): Promise<TakenPlace> {
  const applied = await session.once.apply(effort, {
    compares: [absent(key)],
    writes: [session.client.put(key).value(value).lease(session.leaseId)],
    readings: [session.client.get(key)],
  });
  if (applied.kind === 'applied') return { key, revision: applied.revision, kept: false };
  const found = applied.responses[0]?.response_range.kvs[0];
  if (found?.lease === session.leaseId) return { key, revision: Number(found.create_revision), kept: true };
  throw new DefiniteError(`the key ${key} belongs to another client`);
}

/**
 * Gives a place up, whether it is still there or not. A key that belongs to another client stays; so does a later place
 * under the same key, if the revision is known. Rejects as `ExactlyOnce.apply` does.
 */
export async function givePlaceUp(
  session: Session,
  effort: Effort,
  key: string,
  revision?: number,
): Promise<void> {
  await session.once.apply(effort, {
    compares: [revision === undefined ? underLease(key, session.leaseId) : createdAt(key, revision)],
    writes: [session.client.delete().key(key)],
  });
}
