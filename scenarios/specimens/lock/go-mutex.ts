/**
 * `concurrency.Mutex` of etcd's Go client, ported step by step: v3.6.14, and v3.4.23, which does not check
 * whether its own key outlived the wait. It uses a client that sends everything once, as Go's does with
 * writes, and a session of ours.
 */
import type { Namespace } from 'etcd3';
import { Session } from '../../../src/index.js';
import {
  SESSION_TTL_SECONDS,
  type Held,
  type LockSession,
  type Locker,
  type OpenLocker,
} from '../../lock/handle.js';
import { clientWithoutResends } from '../client-without-resends.js';
import { goWaitDeletes } from '../go-wait-delete.js';

export const openGoMutexes: OpenLocker = (context) => openLocker(context, true);

export const openGo34Mutexes: OpenLocker = (context) => openLocker(context, false);

function openLocker(context: Parameters<OpenLocker>[0], looksForItsKey: boolean): Locker {
  const client = clientWithoutResends(context);
  const place = client.namespace(context.prefix);
  return {
    async openSession(): Promise<LockSession> {
      const session = await Session.open(place, { ttlSeconds: SESSION_TTL_SECONDS });
      return {
        get alive() {
          return session.alive;
        },
        lock: (name, _, signal) => lock(place, session, name, signal, looksForItsKey),
        tryLock: (name) => tryLock(place, session, name),
        close: () => session.close(),
      };
    },
    end: () => client.close(),
  };
}

interface Attempt {
  readonly key: string;
  readonly revision: number;
  /** Whether no other user precedes it. */
  readonly owns: boolean;
  readonly headerRevision: number;
}

async function tryAcquire(client: Namespace, session: Session, name: string): Promise<Attempt> {
  const prefix = `${name}/`;
  const key = prefix + BigInt(session.leaseId).toString(16);
  const owner = client.getAll().prefix(prefix).sort('Create', 'Ascend').limit(1);
  const reply = await client
    .if(key, 'Create', '==', 0)
    .then(client.put(key).value('').lease(session.leaseId), owner)
    .else(client.get(key), owner)
    .commit();
  const headerRevision = Number(reply.header.revision);
  const own = reply.responses[0]?.response_range?.kvs[0];
  const revision = reply.succeeded ? headerRevision : Number(own?.create_revision);
  const first = reply.responses[1]?.response_range.kvs[0];
  const owns = first === undefined || Number(first.create_revision) === revision;
  return { key, revision, owns, headerRevision };
}

async function tryLock(client: Namespace, session: Session, name: string): Promise<Held | undefined> {
  const attempt = await tryAcquire(client, session, name);
  if (attempt.owns) return heldOf(client, session, attempt, attempt.headerRevision);
  await client.delete().key(attempt.key);
  return undefined;
}

async function lock(
  client: Namespace,
  session: Session,
  name: string,
  signal: AbortSignal,
  looksForItsKey: boolean,
): Promise<Held> {
  const attempt = await tryAcquire(client, session, name);
  if (attempt.owns) return heldOf(client, session, attempt, attempt.headerRevision);
  let granted: number;
  try {
    granted = await goWaitDeletes(client, `${name}/`, attempt.revision - 1, signal);
    if (looksForItsKey) {
      const reply = await client.get(attempt.key).exec();
      if (reply.kvs.length === 0) throw new SessionExpiredError('mutex: session is expired');
      granted = Number(reply.header.revision);
    }
  } catch (error) {
    if (!(error instanceof SessionExpiredError)) await client.delete().key(attempt.key);
    throw error;
  }
  return heldOf(client, session, attempt, granted);
}

class SessionExpiredError extends Error {
  override readonly name = 'SessionExpiredError';
  readonly definite = true;
}

function heldOf(client: Namespace, session: Session, { key, revision }: Attempt, granted: number): Held {
  return {
    key,
    token: revision,
    granted,
    lost: session.signal,
    async unlock() {
      await client.delete().key(key);
    },
  };
}
