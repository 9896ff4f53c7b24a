/**
 * Waiting for a key to be deleted as etcd's Go code does it, over a watch like that of its Go client: resumed where its
 * stream breaks, ended where the server cancels it. Invariant: the ports keep the originals' defects.
 */
import type { IWatchResponse, Namespace } from 'etcd3';
import { pause } from '../timing.js';

const PAUSE_BEFORE_RESUMING_MS = 10;

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
  let from = revision;
  for (;;) {
    signal?.throwIfAborted();
    const end = await listen(client, key, from, type, signal);
    if (end.kind !== 'broken') return end;
    from = end.from;
    await pause(PAUSE_BEFORE_RESUMING_MS);
  }
}

async function listen(
  client: Namespace,
  key: string,
  revision: number,
  type: 'Put' | 'Delete',
  signal: AbortSignal | undefined,
): Promise<GoWait | { readonly kind: 'broken'; readonly from: number }> {
  let from = revision;
  let stream;
  try {
    stream = await client.watchClient.watch();
  } catch {
    return { kind: 'broken', from };
  }
  const opened = stream;
  try {
    return await new Promise((resolve, reject) => {
      const broken = () => resolve({ kind: 'broken', from });
      opened.on('error', broken);
      opened.on('end', broken);
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      opened.on('data', (response: IWatchResponse) => {
        for (const event of response.events) {
          from = Number(event.kv.mod_revision) + 1;
          if (event.type !== type) continue;
          resolve({ kind: 'event', revision: Number(event.kv.mod_revision) });
          return;
        }
        if (response.canceled) resolve({ kind: 'cancelled' });
      });
      opened.write({
        create_request: {
          key: Buffer.concat([client.prefix, Buffer.from(key)]),
          start_revision: revision,
        },
      });
    });
  } finally {
    opened.on('error', () => undefined);
    opened.end();
    opened.cancel();
  }
}
