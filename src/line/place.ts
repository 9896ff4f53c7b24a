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
): Promise<Place> {
  for (;;) {
    const applied = await session.once.apply(effort, {
      compares: [{ key, target: 'Version', result: 'Equal', value: 0 }],
      writes: [session.client.put(key).value(value).lease(session.leaseId)],
      readings: [session.client.get(key)],
    });
    if (applied.kind === 'applied') return { key, revision: applied.revision };
    const [found] = applied.responses[0]?.response_range.kvs ?? [];
    if (found === undefined) continue;
    if (found.lease === session.leaseId) return { key, revision: Number(found.create_revision) };
    throw new DefiniteError(`the key ${key} is somebody else's`);
  }
}

/** Gives a place up, whether it is still there or not. Rejects as `ExactlyOnce.apply` does. */
export async function givePlaceUp(session: Session, effort: Effort, key: string): Promise<void> {
  await session.once.apply(effort, {
    compares: [{ key, target: 'Version', result: 'Greater', value: 0 }],
    writes: [session.client.delete().key(key)],
  });
}
