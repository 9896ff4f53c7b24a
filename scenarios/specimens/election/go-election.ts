/**
 * `concurrency.Election` of etcd's Go client v3.6.14, ported step by step. It uses a client that sends
 * everything once, as Go's does with writes, and a session of ours. Invariant: nothing of it is fixed here.
 */
import type { IKeyValue, IWatchResponse, Namespace } from 'etcd3';
import { Session } from '../../../src/index.js';
import {
  SESSION_TTL_SECONDS,
  type CandidateSession,
  type Leading,
  type OpenElector,
} from '../../election/handle.js';
import { clientWithoutResends } from '../client-without-resends.js';
import { goWaitDeletes } from '../go-wait-delete.js';
import { goWatch } from '../go-watch.js';

export const openGoElections: OpenElector = (context) => {
  const client = clientWithoutResends(context);
  const place = client.namespace(context.prefix);
  return {
    async openSession(): Promise<CandidateSession> {
      const session = await Session.open(place, { ttlSeconds: SESSION_TTL_SECONDS });
      return {
        get alive() {
          return session.alive;
        },
        campaign: (name, value, signal) => campaign(place, session, name, value, signal),
        close: () => session.close(),
      };
    },
    leader: async (name) => (await firstOf(place, `${name}/`)).kv?.value.toString(),
    observe: (name, signal, tell) => observe(place, `${name}/`, signal, tell),
    end: () => client.close(),
  };
};

/** What Go's handle keeps of a campaign; it forgets its key once it leads no longer. */
interface Candidacy {
  readonly client: Namespace;
  readonly session: Session;
  key: string;
  token: number;
  /** Whether it has a session to lead under. */
  stands: boolean;
}

async function campaign(
  client: Namespace,
  session: Session,
  name: string,
  value: string,
  signal: AbortSignal,
): Promise<Leading> {
  const prefix = `${name}/`;
  const key = prefix + BigInt(session.leaseId).toString(16);
  const sent = client
    .if(key, 'Create', '==', 0)
    .then(client.put(key).value(value).lease(session.leaseId))
    .else(client.get(key))
    .commit();
  // A caller that gives up here abandons the sent request.
  const reply = await unlessAborted(sent, signal);
  const own = reply.succeeded ? undefined : reply.responses[0]?.response_range.kvs[0];
  const token = reply.succeeded ? Number(reply.header.revision) : Number(own?.create_revision);
  const candidacy: Candidacy = { client, session, key, token, stands: true };
  if (own !== undefined && own.value.toString() !== value) {
    try {
      await proclaim(candidacy, value);
    } catch (error) {
      await resign(candidacy);
      throw error;
    }
  }
  let elected: number;
  try {
    elected = await goWaitDeletes(client, prefix, token - 1, signal);
  } catch (error) {
    if (signal.aborted) await resign(candidacy);
    else candidacy.stands = false;
    throw error;
  }
  return {
    ...{ key, token, elected, lost: session.signal },
    proclaim: (next) => proclaim(candidacy, next),
    resign: () => resign(candidacy),
  };
}

async function proclaim(candidacy: Candidacy, value: string) {
  const { client, session, key, token } = candidacy;
  if (!candidacy.stands) throw new NotLeaderError('election: not leader');
  const reply = await client
    .if(key, 'Create', '==', token)
    .then(client.put(key).value(value).lease(session.leaseId))
    .commit();
  if (!reply.succeeded) {
    candidacy.key = '';
    throw new NotLeaderError('election: not leader');
  }
  return { revision: Number(reply.header.revision) };
}

/** The second call does nothing, even if the first failed. */
async function resign(candidacy: Candidacy): Promise<void> {
  const { client, key, token } = candidacy;
  if (!candidacy.stands) return;
  try {
    await client.if(key, 'Create', '==', token).then(client.delete().key(key)).commit();
  } finally {
    candidacy.key = '';
    candidacy.stands = false;
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject);
  });
}

class NotLeaderError extends Error {
  override readonly name = 'NotLeaderError';
  readonly definite = true;
}

async function firstOf(client: Namespace, prefix: string) {
  const reply = await client.getAll().prefix(prefix).sort('Create', 'Ascend').limit(1).exec();
  return { kv: reply.kvs[0], revision: Number(reply.header.revision) };
}

/** Ends, as Go's does by closing its channel, if a request fails or a watch is cancelled. */
async function observe(
  client: Namespace,
  prefix: string,
  signal: AbortSignal,
  tell: (value: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    const first = await firstOf(client, prefix).catch(() => undefined);
    if (first === undefined || signal.aborted) return;
    const shown = first.kv === undefined ? await firstPut(client, prefix, first.revision, signal) : first;
    if (shown?.kv === undefined || signal.aborted) return;
    const { kv, revision } = shown;
    tell(kv.value.toString());
    const key = kv.key.toString();
    const stop = ({ events }: IWatchResponse) => {
      for (const event of events) {
        if (event.type === 'Delete') return true;
        if (!signal.aborted) tell(event.kv.value.toString());
      }
      return false;
    };
    if (
      (await goWatch(client, { key, isPrefix: false, revision: revision + 1, signal }, stop)) !== 'stopped'
    ) {
      return;
    }
  }
}

async function firstPut(client: Namespace, prefix: string, revision: number, signal: AbortSignal) {
  const puts: IKeyValue[] = [];
  await goWatch(client, { key: prefix, isPrefix: true, revision, signal }, ({ events }) => {
    for (const { type, kv } of events) if (type === 'Put') puts.push(kv);
    return puts.length > 0;
  });
  const [kv] = puts;
  return kv === undefined ? undefined : { kv, revision: Number(kv.mod_revision) };
}
