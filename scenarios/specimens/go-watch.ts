/**
 * A watch like that of etcd's Go client: it resumes when its stream breaks, and ends when the server cancels
 * it. Invariant: the ports that use it keep the originals' defects.
 */
import type { IWatchResponse, Namespace } from 'etcd3';
import { pause } from '../timing.js';
import { isTokenRefused, renewToken } from '../refused-token.js';

const PAUSE_BEFORE_RESUMING_MS = 10;

export interface GoWatchRequest {
  /** Without the client's namespace. */
  readonly key: string;
  readonly isPrefix: boolean;
  /** The first revision that counts. */
  readonly revision: number;
  readonly signal?: AbortSignal | undefined;
}

/** How a watch ended: by its receiver, by the server (such as after a compaction), or by the signal. */
export type GoWatchEnd = 'stopped' | 'cancelled' | 'aborted';

/**
 * Passes on every response in order until `onResponse` returns true; resumes at the same place after a break.
 */
export async function goWatch(
  client: Namespace,
  { key, isPrefix, revision, signal }: GoWatchRequest,
  onResponse: (response: IWatchResponse) => boolean,
): Promise<GoWatchEnd> {
  const first = Buffer.concat([client.prefix, Buffer.from(key)]);
  let from = revision;
  for (;;) {
    if (signal?.aborted === true) return 'aborted';
    const request = {
      key: first,
      start_revision: from,
      ...(isPrefix ? { range_end: endOf(first) } : {}),
    };
    const end = await listen(client, request, signal, (response) => {
      const last = response.events.at(-1);
      if (last !== undefined) from = Number(last.kv.mod_revision) + 1;
      return onResponse(response);
    });
    if (end === 'refused') await renewToken(client);
    else if (end !== 'broken') return end;
    await pause(PAUSE_BEFORE_RESUMING_MS);
  }
}

async function listen(
  client: Namespace,
  request: { readonly key: Buffer; readonly start_revision: number; readonly range_end?: Buffer },
  signal: AbortSignal | undefined,
  onResponse: (response: IWatchResponse) => boolean,
): Promise<GoWatchEnd | 'broken' | 'refused'> {
  let stream;
  try {
    stream = await client.watchClient.watch();
  } catch {
    return 'broken';
  }
  const opened = stream;
  let abort = (): void => undefined;
  try {
    return await new Promise((resolve) => {
      opened.on('error', () => resolve('broken'));
      opened.on('end', () => resolve('broken'));
      abort = () => resolve('aborted');
      if (signal?.aborted === true) abort();
      signal?.addEventListener('abort', abort, { once: true });
      let over = false;
      opened.on('data', (response: IWatchResponse) => {
        if (over) return;
        over = onResponse(response);
        if (over) resolve('stopped');
        else if (isTokenRefused(response)) resolve('refused');
        else if (response.canceled) resolve('cancelled');
      });
      opened.write({ create_request: request });
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    opened.on('error', () => undefined);
    opened.end();
    opened.cancel();
  }
}

/** The end of the range of all keys with this prefix, which ends with a slash here. */
function endOf(prefix: Buffer): Buffer {
  return Buffer.concat([prefix.subarray(0, -1), Buffer.from([(prefix.at(-1) ?? 0) + 1])]);
}
