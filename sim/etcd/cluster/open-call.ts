/**
 * A call between its client and the service that answers it, on the list of the process that serves it. Invariant:
 * it is on the list from its beginning until its status or its cancellation, so that a process that stops can end
 * all its calls.
 */
import { ENDED_CALL } from '../rpc/streaming.js';
import type { CallSink, CallStatus, ServerCall } from '../service.js';

export class OpenCall implements ServerCall {
  /** Where the service puts what it has to say. */
  readonly sink: CallSink;
  readonly #list: Set<ServerCall>;
  #service: ServerCall = ENDED_CALL;
  #ended = false;

  constructor(list: Set<ServerCall>, client: CallSink) {
    this.#list = list;
    this.sink = {
      message: (bytes) => client.message(bytes),
      status: (status) => this.#end(client, status),
    };
  }

  /** The service has taken the call, and may have ended it already. */
  begin(service: ServerCall): void {
    this.#service = service;
    if (!this.#ended) this.#list.add(this);
  }

  message(bytes: Uint8Array): void {
    this.#service.message(bytes);
  }

  halfClose(): void {
    this.#service.halfClose();
  }

  cancel(): void {
    this.#ended = true;
    this.#list.delete(this);
    this.#service.cancel();
  }

  #end(client: CallSink, status: CallStatus): void {
    this.#ended = true;
    this.#list.delete(this);
    client.status(status);
  }
}
