/**
 * Holds back the actions of a paused process: they wait in order. Invariant: actions pass in the order in
 * which they came, and after the process has ended none passes.
 */
import { type EtcdHost, bound } from '../service.js';

export class Gate {
  readonly #host: EtcdHost;
  #isShut = false;
  #isClosed = false;
  #queue: (() => void)[] = [];

  constructor(host: EtcdHost) {
    this.#host = host;
  }

  get isShut(): boolean {
    return this.#isShut;
  }

  /** Runs the action now, or once the gate opens. */
  pass(action: () => void): void {
    if (this.#isClosed) return;
    if (this.#isShut) this.#queue.push(bound(this.#host, action, undefined));
    else action();
  }

  shut(): void {
    this.#isShut = true;
  }

  open(): void {
    if (!this.#isShut) return;
    this.#isShut = false;
    const queue = this.#queue;
    this.#queue = [];
    for (const action of queue) this.pass(action);
  }

  /** For good: nothing passes any more. */
  close(): void {
    this.#isClosed = true;
    this.#queue = [];
  }
}
