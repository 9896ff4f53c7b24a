/**
 * Serves a stream that answers its requests one by one: the next begins only after the last is answered.
 * Invariant: as many messages as requests, in their order, then one status, unless the client is gone first.
 * Any number of requests may wait, because an immediate answer does not begin the next from within itself.
 */
import { CODE, ERRORS, statusOf } from '../errors.js';
import { Fifo } from '../fifo.js';
import type { Result } from '../result.js';
import type { CallStatus } from '../call-status.js';
import type { Encodable, MessageType } from '../wire/message.js';
import type { IncomingCall } from './server.js';
import type { ServerStream } from './streaming.js';
import { read } from './unary.js';

/** Answers one request through `reply`, now or later, and returns how to give it up. */
type StreamHandler<Q, R> = (
  request: Q,
  reply: (result: Result<Encodable<R>>) => void,
) => (() => void) | undefined;

export class SerialStream<Q, R> implements ServerStream {
  readonly #call: IncomingCall;
  readonly #requestType: MessageType<Q>;
  readonly #responseType: MessageType<R>;
  readonly #handler: StreamHandler<Q, R>;
  readonly #inbox = new Fifo<Uint8Array>();
  #halfClosed = false;
  #working = false;
  #isTaking = false;
  #ended = false;
  #giveUp: (() => void) | undefined;

  constructor(
    call: IncomingCall,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    handler: StreamHandler<Q, R>,
  ) {
    this.#call = call;
    this.#requestType = requestType;
    this.#responseType = responseType;
    this.#handler = handler;
  }

  message(bytes: Uint8Array): void {
    this.#inbox.push(bytes);
    this.#next();
  }

  halfClose(): void {
    this.#halfClosed = true;
    this.#next();
  }

  cancel(): void {
    this.#ended = true;
    this.#giveUp?.();
  }

  onNoLeader(): void {
    this.#end(statusOf(ERRORS.noLeader));
  }

  #next(): void {
    if (this.#isTaking) return;
    this.#isTaking = true;
    try {
      while (!this.#working && !this.#ended) {
        const bytes = this.#inbox.shift();
        if (bytes !== undefined) this.#handle(bytes);
        else if (this.#halfClosed) this.#end({ code: CODE.ok, details: '' });
        else break;
      }
    } finally {
      this.#isTaking = false;
    }
  }

  #handle(bytes: Uint8Array): void {
    const request = read(this.#requestType, bytes, this.#call.server.rules, 'streamed');
    if (request.kind === 'refused') {
      this.#end(request.status);
      return;
    }
    this.#working = true;
    this.#giveUp = this.#handler(request.message, (result) => {
      if (this.#ended) return;
      this.#working = false;
      if (result.kind === 'failed') {
        this.#end(statusOf(result.error));
        return;
      }
      this.#call.sink.message(this.#responseType.encode(result.value));
      this.#next();
    });
  }

  #end(status: CallStatus): void {
    if (this.#ended) return;
    this.cancel();
    this.#call.sink.status(status);
  }
}
