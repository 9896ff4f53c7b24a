/** A watch stream as a test reads it: response by response, or event by event. */
import type { ClientDuplexStream } from '@grpc/grpc-js';
import { EVENT_TYPE, type Event } from '../../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../../sim/etcd/wire/message.js';
import {
  WATCH_REQUEST,
  WATCH_RESPONSE,
  type WatchCreateRequest,
  type WatchResponse,
} from '../../../sim/etcd/wire/watch.js';

export class WatchStream {
  readonly #stream: ClientDuplexStream<Uint8Array, Buffer>;
  readonly #responses: WatchResponse[] = [];
  #look: (() => void) | undefined;
  #end: string | undefined;

  constructor(stream: ClientDuplexStream<Uint8Array, Buffer>) {
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      this.#responses.push(WATCH_RESPONSE.decode(bytes));
      this.#look?.();
    });
    stream.on('status', ({ details }: { details: string }) => {
      this.#end = details;
      this.#look?.();
    });
  }

  /** Creates a watcher; resolves with the answer, which may also refuse it. */
  create(createRequest: Encodable<WatchCreateRequest>): Promise<WatchResponse> {
    this.#stream.write(WATCH_REQUEST.encode({ createRequest }));
    return this.next();
  }

  /** Cancels a watcher; the answer is among the responses. */
  cancel(watchId: bigint): void {
    this.#stream.write(WATCH_REQUEST.encode({ cancelRequest: { watchId } }));
  }

  requestProgress(): void {
    this.#stream.write(WATCH_REQUEST.encode({ progressRequest: {} }));
  }

  /** Reads nothing more until {@link resume}. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** The next response. */
  async next(): Promise<WatchResponse> {
    for (;;) {
      const response = this.#responses.shift();
      if (response !== undefined) return response;
      if (this.#end !== undefined) throw new Error(`expected a response, but the stream ended: ${this.#end}`);
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }

  /** This many events, however the server batches them. */
  async events(count: number): Promise<Event[]> {
    const events: Event[] = [];
    while (events.length < count) {
      const response = await this.next();
      if (response.canceled) throw new Error(`the watcher was cancelled: ${response.cancelReason}`);
      events.push(...response.events);
    }
    return events;
  }

  /** This many events as short texts, such as `put a=1` and `delete a`, keys without the prefix. */
  async told(count: number, prefix: string): Promise<string[]> {
    return (await this.events(count)).map(({ type, kv }) => {
      const key = kv?.key.slice(prefix.length) ?? '';
      return type === EVENT_TYPE.delete ? `delete ${key}` : `put ${key}=${kv?.value ?? ''}`;
    });
  }
}
