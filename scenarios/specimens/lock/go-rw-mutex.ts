/**
 * `recipe.RWMutex` of etcd's Go client (v3.6.14), ported step by step, over a client that sends everything once and a
 * session of ours. Its waits cannot be given up, as in the original.
 */
import type { Namespace } from 'etcd3';
import { Session } from '../../../src/index.js';
import { SESSION_TTL_SECONDS, type Held, type LockSession, type OpenLocker } from '../../lock/handle.js';
import { clientWithoutResends } from '../client-without-resends.js';
import { goWaitEvent } from '../go-wait-delete.js';
import { goNanoseconds } from '../go-nanoseconds.js';

export const openGoRWMutexes: OpenLocker = (context) => {
  const client = clientWithoutResends(context);
  const place = client.namespace(context.prefix);
  const nanoseconds = goNanoseconds(context.node);
  return {
    async openSession(): Promise<LockSession> {
      const session = await Session.open(place, { ttlSeconds: SESSION_TTL_SECONDS });
      const lock = async (name: string, mode: 'write' | 'read'): Promise<Held> => {
        const key = `${name}/${mode}/${nanoseconds()}`;
        const revision = await putNew(place, session, key);
        // Readers wait for earlier writers, writers for all earlier users.
        const granted = await waitForEarlier(place, `${name}/${mode === 'read' ? 'write' : ''}`, revision);
        return {
          ...{ key, granted, token: revision, lost: session.signal },
          async unlock() {
            await place.delete().key(key);
          },
        };
      };
      return {
        get alive() {
          return session.alive;
        },
        lock,
        // The original has none.
        tryLock: lock,
        close: () => session.close(),
      };
    },
    end: () => client.close(),
  };
};

async function putNew(client: Namespace, session: Session, key: string): Promise<number> {
  const reply = await client
    .if(key, 'Version', '==', 0)
    .then(client.put(key).value('').lease(session.leaseId))
    .commit();
  if (!reply.succeeded) throw Object.assign(new Error('key already exists'), { definite: true });
  return Number(reply.header.revision);
}

/** Resolves to the revision that showed no earlier user. */
async function waitForEarlier(client: Namespace, prefix: string, revision: number): Promise<number> {
  for (;;) {
    const reply = await client
      .getAll()
      .prefix(prefix)
      .sort('Mod', 'Descend')
      .limit(1)
      .maxModRevision(revision - 1)
      .exec();
    const [last] = reply.kvs;
    if (last === undefined) return Number(reply.header.revision);
    // However the wait ends, it checks again.
    await goWaitEvent(client, last.key.toString(), revision, 'Delete');
  }
}
