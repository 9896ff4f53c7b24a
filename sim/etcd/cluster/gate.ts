/**
 * What a process that stands still does not do: whatever comes meanwhile waits in order. Invariant: what went in
 * first comes out first, and nothing of a process that ended comes out at all.
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

  /** Does it now, or once the gate opens. */
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
