/**
 * `lock()` of etcd3, unmodified and used as its documentation shows: `acquire`, then `release`. It only tries
 * once, so a waiting user tries again. Invariant: nothing of it is fixed here.
 */
import { EtcdLockFailedError, type Lock } from 'etcd3';
import { SESSION_TTL_SECONDS, type Held, type LockSession, type OpenLocker } from '../../lock/handle.js';
import { pause } from '../../timing.js';

const TRY_AGAIN_AFTER_MS = 25;

export const openEtcd3Locks: OpenLocker = ({ client, prefix }) => {
  const place = client.namespace(prefix);

  async function tryLock(name: string, taken: (lock: Lock) => void): Promise<Held | undefined> {
    // One key for each name, and no name is a prefix of a key.
    const key = `${name}/lock`;
    const lock = place.lock(key).ttl(SESSION_TTL_SECONDS);
    try {
      await lock.acquire();
    } catch (error) {
      if (error instanceof EtcdLockFailedError) return undefined;
      throw error;
    }
    taken(lock);
    try {
      return await heldOf(key, lock);
    } catch (error) {
      // Only our query for the revision failed.
      await lock.release();
      throw error;
    }
  }

  async function heldOf(key: string, lock: Lock): Promise<Held | undefined> {
    const { kvs, header } = await place.get(key).exec();
    const [found] = kvs;
    // Its lease has ended already.
    if (found === undefined || found.lease !== (await lock.leaseId())) return undefined;
    return {
      key,
      token: Number(found.create_revision),
      granted: Number(header.revision),
      // It never reports a loss.
      lost: new AbortController().signal,
      unlock: () => lock.release(),
    };
  }

  return {
    // Each lock has its own lease, so closing a session only releases its locks.
    openSession() {
      const locks = new Set<Lock>();
      let alive = true;
      const taken = (lock: Lock): void => void locks.add(lock);
      return Promise.resolve<LockSession>({
        get alive() {
          return alive;
        },
        async lock(name, _, signal) {
          for (;;) {
            signal.throwIfAborted();
            const held = await tryLock(name, taken);
            if (held !== undefined) return held;
            await pause(TRY_AGAIN_AFTER_MS);
          }
        },
        tryLock: (name) => tryLock(name, taken),
        async close() {
          alive = false;
          await Promise.all([...locks].map((lock) => lock.release()));
        },
      });
    },
    end: () => undefined,
  };
};
