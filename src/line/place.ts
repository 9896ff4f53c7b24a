/**
 * A place in a line: a key under a session's lease, whose create revision says who came first. Invariant: a place is
 * taken once, and given up for good: no late copy of a request brings it back.
 */
import type { Effort } from '../effort.js';
import { DefiniteError } from '../errors.js';
import type { Session } from '../session.js';

/** A place that was taken. */
export interface Place {
  /** Without the client's namespace. */
  readonly key: string;
  /** Create revision of the key: who has the smaller one came first, and no two places of a line have the same. */
  readonly revision: number;
}

/** A place that was taken, or kept. */
export interface TakenPlace extends Place {
  /** Whether the key was there already, with a value of its own. */
  readonly kept: boolean;
}

/**
 * Takes a place. A key that is there already under the session's lease is its own, from a call whose end was not heard
 * of, and its place is kept. Rejects as `ExactlyOnce.apply` does, and with a `DefiniteError` where the key is somebody
 * else's.
 */
export async function takePlace(
  session: Session,
  effort: Effort,
  key: string,
  value: string | Buffer = '',
): Promise<TakenPlace> {
  for (;;) {
    const applied = await session.once.apply(effort, {
      compares: [{ key, target: 'Version', result: 'Equal', value: 0 }],
      writes: [session.client.put(key).value(value).lease(session.leaseId)],
      readings: [session.client.get(key)],
    });
    if (applied.kind === 'applied') return { key, revision: applied.revision, kept: false };
    const [found] = applied.responses[0]?.response_range.kvs ?? [];
    if (found === undefined) continue;
    if (found.lease === session.leaseId) return { key, revision: Number(found.create_revision), kept: true };
    throw new DefiniteError(`the key ${key} belongs to another client`);
  }
}

/**
 * Gives a place up, whether it is still there or not; of a known revision that place only, and no later one under the
 * same key. Rejects as `ExactlyOnce.apply` does.
 */
export async function givePlaceUp(
  session: Session,
  effort: Effort,
  key: string,
  revision?: number,
): Promise<void> {
  await session.once.apply(effort, {
    compares: [
      revision === undefined
        ? { key, target: 'Version', result: 'Greater', value: 0 }
        : { key, target: 'Create', result: 'Equal', value: revision },
    ],
    writes: [session.client.delete().key(key)],
  });
}
