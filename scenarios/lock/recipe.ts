/** Our own locks, adapted to the scenarios. */
import { Mutex, RWMutex, Session, type HeldLock } from '../../src/index.js';
import { SESSION_TTL_SECONDS, type Held, type LockSession, type OpenLocker } from './handle.js';

export const openMutexes: OpenLocker = (context) => ({
  async openSession(): Promise<LockSession> {
    const session = await openSession(context);
    const mutexes = new Map<string, Mutex>();
    const mutexOf = (name: string) => {
      const mutex = mutexes.get(name) ?? new Mutex(session, name);
      mutexes.set(name, mutex);
      return mutex;
    };
    return {
      get alive() {
        return session.alive;
      },
      lock: async (name, _, signal) => heldOf(await mutexOf(name).lock({ signal })),
      async tryLock(name) {
        const lock = await mutexOf(name).tryLock();
        return lock === undefined ? undefined : heldOf(lock);
      },
      close: () => session.close(),
    };
  },
  end: () => undefined,
});

export const openRWMutexes: OpenLocker = (context) => ({
  async openSession(): Promise<LockSession> {
    const session = await openSession(context);
    const mutexes = new Map<string, RWMutex>();
    const mutexOf = (name: string) => {
      const mutex = mutexes.get(name) ?? new RWMutex(session, name);
      mutexes.set(name, mutex);
      return mutex;
    };
    return {
      get alive() {
        return session.alive;
      },
      async lock(name, mode, signal) {
        const mutex = mutexOf(name);
        return heldOf(await (mode === 'write' ? mutex.lock({ signal }) : mutex.readLock({ signal })));
      },
      async tryLock(name, mode) {
        const mutex = mutexOf(name);
        const lock = await (mode === 'write' ? mutex.tryLock() : mutex.tryReadLock());
        return lock === undefined ? undefined : heldOf(lock);
      },
      close: () => session.close(),
    };
  },
  end: () => undefined,
});

function openSession({ client, prefix }: Parameters<OpenLocker>[0]): Promise<Session> {
  return Session.open(client.namespace(prefix), { ttlSeconds: SESSION_TTL_SECONDS });
}

function heldOf(lock: HeldLock): Held {
  return {
    key: lock.key,
    token: lock.revision,
    granted: lock.grantedRevision,
    lost: lock.signal,
    unlock: () => lock.unlock(),
  };
}
