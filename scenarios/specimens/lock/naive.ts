/**
 * Wrong on purpose: checks whether the lock is free and then takes it, so that two that check at the same
 * time both get it.
 */
import { Session } from '../../../src/index.js';
import { SESSION_TTL_SECONDS, type Held, type LockSession, type OpenLocker } from '../../lock/handle.js';
import { pause } from '../../timing.js';

const TRY_AGAIN_AFTER_MS = 5;

export const openNaiveLocks: OpenLocker = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  return {
    async openSession(): Promise<LockSession> {
      const session = await Session.open(place, { ttlSeconds: SESSION_TTL_SECONDS });
      const tryLock = async (name: string): Promise<Held | undefined> => {
        const key = `${name}/held/${session.leaseId}`;
        const { kvs } = await place.getAll().prefix(`${name}/held/`).limit(1).exec();
        if (kvs.length > 0) return undefined;
        const reply = await place.put(key).value('').lease(session.leaseId).exec();
        const revision = Number(reply.header.revision);
        return {
          ...{ key, token: revision, granted: revision, lost: session.signal },
          async unlock() {
            await place.delete().key(key);
          },
        };
      };
      return {
        get alive() {
          return session.alive;
        },
        async lock(name, _, signal) {
          for (;;) {
            signal.throwIfAborted();
            const held = await tryLock(name);
            if (held !== undefined) return held;
            await pause(TRY_AGAIN_AFTER_MS);
          }
        },
        tryLock,
        close: () => session.close(),
      };
    },
    end: () => undefined,
  };
};
