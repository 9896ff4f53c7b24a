/**
 * Waiting for keys to change. A wake-up is only a hint: it also comes when the watch breaks, is cancelled, meets a
 * compaction or has been silent for long. The caller reads again and decides by that read. Invariant: every change after
 * the given revision causes a wake-up.
 */
import { InterceptingCall, type CallOptions } from '@grpc/grpc-js';
import type { IEvent, IWatchCreateRequest, IWatchRequest, IWatchResponse, Namespace } from 'etcd3';
import type { Backoff } from './backoff.js';
import type { Effort } from './effort.js';

/** What to wait for. */
export interface AwaitedChange {
  readonly key: string;
  /** Exclusive end of a range of keys. */
  readonly rangeEnd?: string;
  /** Changes after this revision count. */
  readonly afterRevision: number;
  /** Only puts, or only deletions; both unless given. */
  readonly only?: 'put' | 'delete';
}

/** A watch that has been silent for this long is opened anew, perhaps at another member. */
const SILENCE_MAX_MS = 30_000;

/** The waits of one call of a recipe. */
export class Changes {
  readonly #client: Namespace;
  readonly #effort: Effort;
  readonly #backoff: Backoff;

  constructor(client: Namespace, effort: Effort) {
    this.#client = client;
    this.#effort = effort;
    this.#backoff = effort.newBackoff();
  }

  /**
   * Resolves when there may be something new to read. Rejects only with the reason of the effort's signal.
   *
   * If changes ended the wait, it resolves to them: the first ones after the revision, in order, and all of a revision
   * or none. If something else ended it, it resolves to none, which proves nothing.
   */
  async next(awaited: AwaitedChange): Promise<readonly IEvent[]> {
    this.#effort.throwIfAborted();
    const opening = this.#client.watchClient.watch(requireLeader);
    let stream: WatchStream;
    try {
      stream = await this.#effort.unlessAborted(opening);
    } catch {
      void opening.then(close, () => undefined);
      this.#effort.throwIfAborted();
      await this.#effort.pause(this.#backoff.nextMs());
      return [];
    }
    let end: End;
    try {
      end = await this.#effort.unlessAborted(listen(stream, this.#requestOf(awaited)));
    } finally {
      close(stream);
    }
    if (end.kind === 'broken') await this.#effort.pause(this.#backoff.nextMs());
    else this.#backoff.reset();
    return end.kind === 'change' ? end.events : [];
  }

  #requestOf({ key, rangeEnd, afterRevision, only }: AwaitedChange): IWatchCreateRequest {
    const bytes = (text: string) => Buffer.concat([this.#client.prefix, Buffer.from(text)]);
    return {
      key: bytes(key),
      ...(rangeEnd === undefined ? {} : { range_end: bytes(rangeEnd) }),
      start_revision: afterRevision + 1,
      ...(only === undefined ? {} : { filters: [only === 'put' ? 'Nodelete' : 'Noput'] }),
    };
  }
}

/** A watch stream of etcd3, as a wait uses it. */
interface WatchStream {
  on(event: 'data', listener: (response: IWatchResponse) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  write(request: IWatchRequest): void;
  end(): void;
  cancel(): void;
}

/** How one watch ended. */
type End =
  { readonly kind: 'change'; readonly events: readonly IEvent[] } | { readonly kind: 'silence' | 'broken' };

function listen(stream: WatchStream, request: IWatchCreateRequest): Promise<End> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done({ kind: 'silence' }), SILENCE_MAX_MS);
    const done = (end: End) => {
      clearTimeout(timer);
      resolve(end);
    };
    stream.on('data', ({ events, canceled }) => {
      if (events.length > 0) done({ kind: 'change', events });
      // Compacted, refused, or cancelled by the server.
      else if (canceled) done({ kind: 'broken' });
    });
    stream.on('error', () => done({ kind: 'broken' }));
    stream.on('end', () => done({ kind: 'broken' }));
    stream.write({ create_request: request });
  });
}

function close(stream: WatchStream): void {
  stream.on('error', () => undefined);
  // etcd3 takes the end of a stream that was not ended for a failure of its host, and closes that host's connections.
  stream.end();
  stream.cancel();
}

/** So that a member that has lost its leader ends the stream instead of keeping silent. */
const requireLeader: CallOptions = {
  interceptors: [
    (options, nextCall) =>
      new InterceptingCall(nextCall(options), {
        start(metadata, listener, next) {
          metadata.set('hasleader', 'true');
          next(metadata, listener);
        },
      }),
  ],
};
