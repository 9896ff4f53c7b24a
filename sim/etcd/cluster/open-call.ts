/**
 * A call between its client and the service that answers it, on the list of its process. Invariant: it is on
 * the list from its beginning until its status or its cancellation, so that a process that stops can end all
 * its calls. The client's messages wait while the process is paused.
 */
import { ENDED_CALL } from '../rpc/streaming.js';
import type { CallSink, ServerCall } from '../service.js';
import type { CallStatus } from '../call-status.js';
import type { Gate } from './gate.js';

export class OpenCall implements ServerCall {
  /** Where the service sends its messages. */
  readonly sink: CallSink;
  readonly #list: Set<OpenCall>;
  readonly #gate: Gate;
  #service: ServerCall = ENDED_CALL;
  #ended = false;

  constructor(list: Set<OpenCall>, gate: Gate, client: CallSink) {
    this.#list = list;
    this.#gate = gate;
    this.sink = {
      message: (bytes) => client.message(bytes),
      status: (status) => this.#end(client, status),
      isFull: () => client.isFull?.() === true,
      begun: (how) => client.begun?.(how),
    };
  }

  /** The service has taken the call, and may have ended it already. */
  begin(service: ServerCall): void {
    this.#service = service;
    if (!this.#ended) this.#list.add(this);
  }

  message(bytes: Uint8Array): void {
    // An open gate must cost nothing: every message passes here.
    if (this.#gate.isShut) this.#gate.pass(() => this.#service.message(bytes));
    else this.#service.message(bytes);
  }

  halfClose(): void {
    if (this.#gate.isShut) this.#gate.pass(() => this.#service.halfClose());
    else this.#service.halfClose();
  }

  cancel(): void {
    this.#ended = true;
    this.#list.delete(this);
    this.#gate.pass(() => this.#service.cancel());
  }

  /** The process is gone, so nothing waits for it. */
  drop(): void {
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
