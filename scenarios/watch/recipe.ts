/**
 * Watching as etcd recommends it. A stream that breaks is reopened right after the last event, or after the
 * last reported revision. A watch that the server cancels ends, unless its token was invalid. A watch of new
 * events begins where etcd reports its creation.
 */
import type { IWatchResponse, Namespace } from 'etcd3';
import { pause } from '../timing.js';
import { isTokenRefused, renewToken } from '../refused-token.js';
import type { OpenWatches, WatchListener, WatchRequest } from './handle.js';
import { toldOf } from './told.js';

const PAUSE_BEFORE_RESUMING_MS = 10;

export const openResumedWatches: OpenWatches = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  return {
    watch(request, listener) {
      const cancelled = new AbortController();
      const over = follow(place, request, cancelled.signal, listener);
      return Promise.resolve({
        over,
        async cancel() {
          cancelled.abort();
          await over;
        },
      });
    },
    end: () => undefined,
  };
};

/** Resolves, with the reason, when there will be no more events. */
async function follow(
  client: Namespace,
  request: WatchRequest,
  cancelled: AbortSignal,
  listener: WatchListener,
): Promise<string> {
  let next = request.startRevision;
  while (!cancelled.aborted) {
    const end = await listen(client, { ...request, startRevision: next }, cancelled, (response) => {
      if (cancelled.aborted || response.canceled) return;
      const { events, created, header } = response;
      const last = events.at(-1);
      const revision = Number(header.revision);
      if (last !== undefined) {
        next = Number(last.kv.mod_revision) + 1;
        listener.told(events.map((event) => toldOf(event, client.prefix, request.withPrevious)));
      } else if (!created || next === undefined) {
        // Progress; the creation of a watch of new events counts as well.
        next = Math.max(next ?? 0, revision + 1);
        listener.reached(revision);
      }
    });
    if (end === 'refused') await renewToken(client);
    else if (end !== 'broken') return end.why;
    await pause(PAUSE_BEFORE_RESUMING_MS);
    if (!cancelled.aborted) listener.resumed();
  }
  return 'cancelled';
}

/** How a stream ended: etcd cancelled the watch or refused its token, or it broke or was cancelled here. */
type End = { readonly why: string } | 'refused' | 'broken';

/** One stream, to its end. */
async function listen(
  client: Namespace,
  { target, startRevision, onlyPuts, withPrevious }: WatchRequest,
  cancelled: AbortSignal,
  onResponse: (response: IWatchResponse) => void,
): Promise<End> {
  const stream = await client.watchClient.watch().catch(() => undefined);
  if (stream === undefined) return 'broken';
  let abort = (): void => undefined;
  try {
    return await new Promise((resolve) => {
      const broken = () => resolve('broken');
      abort = broken;
      cancelled.addEventListener('abort', abort, { once: true });
      if (cancelled.aborted) abort();
      stream.on('error', broken);
      stream.on('end', broken);
      stream.on('data', (response: IWatchResponse) => {
        onResponse(response);
        if (isTokenRefused(response)) resolve('refused');
        else if (response.canceled) resolve({ why: response.cancel_reason });
        // After each message with events it requests a progress report.
        else if (response.events.length > 0) stream.write({ progress_request: {} });
      });
      const key = Buffer.concat([client.prefix, Buffer.from(target.key)]);
      stream.write({
        create_request: {
          key,
          prev_kv: withPrevious,
          ...(target.isPrefix ? { range_end: endOf(key) } : {}),
          ...(onlyPuts ? { filters: ['Nodelete'] } : {}),
          ...(startRevision === undefined ? {} : { start_revision: startRevision }),
        },
      });
    });
  } finally {
    cancelled.removeEventListener('abort', abort);
    stream.on('error', () => undefined);
    stream.end();
    stream.cancel();
  }
}

/** The end of the range of all keys with this prefix; its last byte belongs to a character. */
function endOf(prefix: Buffer): Buffer {
  return Buffer.concat([prefix.subarray(0, -1), Buffer.from([(prefix.at(-1) ?? 0) + 1])]);
}
