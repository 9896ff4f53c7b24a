/**
 * `WaitPrefixEvents` of etcd's Go recipes over a watch like that of its Go client: it resumes when its stream
 * breaks, and ends without an event when the server cancels it. Invariant: the port keeps the original's
 * defects.
 */
import type { IWatchResponse, Namespace } from 'etcd3';
import { pause } from '../../timing.js';
import { isTokenRefused, renewToken } from '../../refused-token.js';

/** An event as the recipes use it. */
export interface PutEvent {
  /** Without the client's namespace. */
  readonly key: string;
  readonly value: Buffer;
  readonly modRevision: string;
}

const PAUSE_BEFORE_RESUMING_MS = 10;

/**
 * Waits for the first put of a key with the prefix from a revision on. Resolves to undefined if the watch is
 * cancelled, such as by a compaction: the original then returns a nil event, and no error.
 */
export async function waitPrefixPut(
  client: Namespace,
  prefix: string,
  revision: string,
): Promise<PutEvent | undefined> {
  let from = revision;
  for (;;) {
    const end = await listen(client, prefix, from);
    switch (end.kind) {
      case 'put':
        return end.event;
      case 'cancelled':
        return undefined;
      case 'refused':
        await renewToken(client);
        break;
      case 'broken':
        from = end.from;
        await pause(PAUSE_BEFORE_RESUMING_MS);
        break;
      default:
        return end satisfies never;
    }
  }
}

type End =
  | { readonly kind: 'put'; readonly event: PutEvent }
  | { readonly kind: 'cancelled' | 'refused' }
  | { readonly kind: 'broken'; readonly from: string };

async function listen(client: Namespace, prefix: string, revision: string): Promise<End> {
  let from = revision;
  let stream;
  try {
    stream = await client.watchClient.watch();
  } catch {
    return { kind: 'broken', from };
  }
  const key = Buffer.concat([client.prefix, Buffer.from(prefix)]);
  const end = await new Promise<End>((resolve) => {
    const broken = () => resolve({ kind: 'broken', from });
    stream.on('error', broken);
    stream.on('end', broken);
    stream.on('data', (response: IWatchResponse) => {
      for (const { type, kv } of response.events) {
        from = String(Number(kv.mod_revision) + 1);
        if (type !== 'Put') continue;
        const own = kv.key.subarray(client.prefix.length).toString();
        const event = { key: own, value: kv.value, modRevision: kv.mod_revision };
        resolve({ kind: 'put', event });
        return;
      }
      if (response.canceled) resolve({ kind: isTokenRefused(response) ? 'refused' : 'cancelled' });
    });
    stream.write({ create_request: { key, range_end: behindPrefix(key), start_revision: revision } });
  });
  stream.on('error', () => undefined);
  stream.end();
  stream.cancel();
  return end;
}

/** The first key after all keys with the prefix. */
function behindPrefix(prefix: Buffer): Buffer {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end[last] = Number(end[last]) + 1;
  return end;
}
