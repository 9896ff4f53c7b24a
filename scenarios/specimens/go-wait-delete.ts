/**
 * Waits for keys to come and go as etcd's Go code does, over a watch like that of its Go client. Invariant:
 * the ports keep the originals' defects.
 */
import type { Namespace } from 'etcd3';
import { goWatch } from './go-watch.js';

/** How a watch for one event of one key ended. */
export type GoWait = { readonly kind: 'event'; readonly revision: number } | { readonly kind: 'cancelled' };

/**
 * Watches a key from a revision on until an event of this type comes, or the server cancels the watch, such as by a
 * compaction. Rejects with the signal's reason.
 */
export async function goWaitEvent(
  client: Namespace,
  key: string,
  revision: number,
  type: 'Put' | 'Delete',
  signal?: AbortSignal,
): Promise<GoWait> {
  signal?.throwIfAborted();
  let seen = 0;
  const end = await goWatch(client, { key, isPrefix: false, revision, signal }, ({ events }) => {
    const event = events.find((candidate) => candidate.type === type);
    seen = Number(event?.kv.mod_revision ?? 0);
    return event !== undefined;
  });
  if (end === 'aborted') throw signal?.reason as Error;
  return end === 'stopped' ? { kind: 'event', revision: seen } : { kind: 'cancelled' };
}

/**
 * Waits until no key with the prefix is left that was created by then; resolves to the revision that showed
 * it.
 */
export async function goWaitDeletes(
  client: Namespace,
  prefix: string,
  maxCreateRevision: number,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    const reply = await client
      .getAll()
      .prefix(prefix)
      .sort('Create', 'Descend')
      .limit(1)
      .maxCreateRevision(maxCreateRevision)
      .exec();
    const [last] = reply.kvs;
    const revision = Number(reply.header.revision);
    if (last === undefined) return revision;
    const end = await goWaitEvent(client, last.key.toString(), revision, 'Delete', signal);
    if (end.kind === 'cancelled') throw new Error('lost watcher waiting for delete');
  }
}
