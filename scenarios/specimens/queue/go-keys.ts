/**
 * The common part of etcd's Go recipes (`client.go`, `key.go` of v3.6.14), line by line over etcd3.
 * Invariant: the port keeps the original's defects, such as looking for keys only by a prefix.
 */
import type { IKeyValue, IRangeResponse, Namespace } from 'etcd3';
import { PanicError } from '../../queue/handle.js';
import { waitPrefixPut } from './go-wait-prefix-events.js';

/** Returns nanoseconds. */
export type Clock = () => string;

/** Enqueues under a key with the present time. */
export async function newUniqueKv(
  client: Namespace,
  prefix: string,
  value: string,
  now: Clock,
): Promise<void> {
  for (;;) {
    const key = `${prefix}/${now()}`;
    const { succeeded } = await client
      .if(key, 'Version', '==', 0)
      .then(client.put(key).value(value))
      .commit();
    if (succeeded) return;
  }
}

/** Enqueues under the number after the last one. */
export async function newSequentialKv(client: Namespace, prefix: string, value: string): Promise<void> {
  const reply = await onlyReading(client.getAll().prefix(prefix).sort('Key', 'Descend').limit(1).exec());
  let number = 0;
  const [last] = reply.kvs;
  if (last !== undefined) {
    const field = /^[+-]?\d+/.exec(last.key.toString().split('/').at(-1) ?? '');
    if (field === null) throw definite(new Error('expected integer'));
    number = Number(field[0]) + 1;
  }
  const key = `${prefix}/${String(number).padStart(16, '0')}`;
  const baseKey = `__${prefix}`;
  const { succeeded } = await client
    .if(baseKey, 'Mod', '<', Number(reply.header.revision) + 1)
    .then(client.put(baseKey).value(''), client.put(key).value(value))
    .commit();
  if (!succeeded) await newSequentialKv(client, prefix, value);
}

/** Dequeues: `read` returns the first key, `prefix` the prefix to wait for if there is none. */
export async function dequeueFirst(
  client: Namespace,
  prefix: string,
  read: () => Promise<IRangeResponse>,
): Promise<{ readonly value: string }> {
  for (;;) {
    const reply = await onlyReading(read());
    const claimed = await claimFirstKey(client, reply.kvs);
    if (claimed !== undefined) return { value: claimed.value.toString() };
    if (reply.more) continue;
    const event = await waitPrefixPut(client, prefix, reply.header.revision);
    if (event === undefined) throw new PanicError('invalid memory address or nil pointer dereference');
    if (await deleteRevKey(client, event.key, event.modRevision)) return { value: event.value.toString() };
  }
}

async function claimFirstKey(client: Namespace, kvs: readonly IKeyValue[]): Promise<IKeyValue | undefined> {
  for (const kv of kvs) if (await deleteRevKey(client, kv.key.toString(), kv.mod_revision)) return kv;
  return undefined;
}

async function deleteRevKey(client: Namespace, key: string, modRevision: string): Promise<boolean> {
  const { succeeded } = await client
    .if(key, 'Mod', '==', Number(modRevision))
    .then(client.delete().key(key))
    .commit();
  return succeeded;
}

/** A caller that gets an error from a read knows that nothing was written. */
async function onlyReading<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw definite(error);
  }
}

function definite(error: unknown): unknown {
  return Object.assign(Object(error) as object, { definite: true });
}
