/**
 * A watch that a member keeps on itself. Invariant: responses come in order, none is lost while no caller
 * waits for one, and a failure is the last.
 */
import { ERRORS } from '../errors.js';
import { failed, ok, type Result } from '../result.js';
import type { IncomingCall } from '../rpc/server.js';
import { WATCH_METHODS } from '../rpc/watch-service.js';
import type { EtcdHost, ServerCall } from '../service.js';
import type { Encodable } from '../wire/message.js';
import { WATCH_REQUEST, WATCH_RESPONSE, type WatchCreateRequest, type WatchResponse } from '../wire/watch.js';
import type { Operation } from './procedure.js';
import { relayed } from './relayed-errors.js';

type Answer = Result<WatchResponse>;

export class MemberWatch {
  readonly #host: EtcdHost;
  readonly #inbox: Answer[] = [];
  readonly #stream: ServerCall;
  #listener: ((answer: Answer) => void) | undefined;
  #cancelDelivery: (() => void) | undefined;

  constructor(caller: Omit<IncomingCall, 'sink'>, createRequest: Encodable<WatchCreateRequest>) {
    const open = WATCH_METHODS['Watch'];
    if (open === undefined) throw new Error('the member does not serve watches');
    this.#host = caller.server.host;
    this.#stream = open({
      ...caller,
      sink: {
        message: (bytes) => this.#hear(WATCH_RESPONSE.decode(bytes)),
        status: ({ details }) => this.#push(failed(relayed(details))),
      },
    });
    this.#stream.message(WATCH_REQUEST.encode({ createRequest }));
  }

  /** The next events, or why there are no more. */
  next(): Operation<WatchResponse> {
    return {
      outlivesCall: false,
      start: (done) => {
        const answer = this.#inbox.shift();
        if (answer === undefined) this.#listener = done;
        else done(answer);
        return () => (this.#listener = undefined);
      },
    };
  }

  close(): void {
    this.#listener = undefined;
    this.#cancelDelivery?.();
    this.#stream.cancel();
  }

  #hear(response: WatchResponse): void {
    if (response.compactRevision !== 0) this.#push(failed(relayed(ERRORS.compacted.text)));
    else if (response.canceled) this.#push(failed(relayed(response.cancelReason)));
    else if (response.events.length > 0) this.#push(ok(response));
  }

  /** A waiting caller continues only after the entry that made the events is fully applied. */
  #push(answer: Answer): void {
    this.#inbox.push(answer);
    if (this.#listener === undefined || this.#cancelDelivery !== undefined) return;
    this.#cancelDelivery = this.#host.schedule(0, () => {
      this.#cancelDelivery = undefined;
      const listener = this.#listener;
      const next = listener === undefined ? undefined : this.#inbox.shift();
      if (listener === undefined || next === undefined) return;
      this.#listener = undefined;
      listener(next);
    });
  }
}
