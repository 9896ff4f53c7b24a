/**
 * A call that arrived while the member was still joining the cluster: etcd accepts the connection and answers
 * once it is ready. Invariant: its messages are passed on in order.
 */
import type { ServerCall } from '../service.js';

export class DeferredCall implements ServerCall {
  readonly #open: () => ServerCall;
  #call: ServerCall | undefined;
  #steps: ((call: ServerCall) => void)[] = [];
  #cancelled = false;

  constructor(open: () => ServerCall) {
    this.#open = open;
  }

  /** The member is ready. */
  begin(): void {
    if (this.#cancelled) return;
    this.#call = this.#open();
    for (const step of this.#steps) step(this.#call);
    this.#steps = [];
  }

  message(bytes: Uint8Array): void {
    this.#step((call) => call.message(bytes));
  }

  halfClose(): void {
    this.#step((call) => call.halfClose());
  }

  cancel(): void {
    this.#cancelled = true;
    this.#call?.cancel();
  }

  #step(step: (call: ServerCall) => void): void {
    if (this.#call === undefined) this.#steps.push(step);
    else step(this.#call);
  }
}
