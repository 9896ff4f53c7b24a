/**
 * How long grpc-js waits between two attempts to connect, counted from the beginning of each: 1 s at first,
 * then 1.6 times as long as before, up to 120 s, spread by a fifth in both directions. Invariant: a backoff
 * that no call waits for does not keep a run going.
 */
import type { Carrier } from './carrier.js';

const FIRST_MS = 1000;
const MAX_MS = 120_000;

export class Backoff {
  readonly #link: Carrier;
  readonly #onOver: () => void;
  #nextMs = FIRST_MS;
  #untilUs = 0;
  #cancel: (() => void) | undefined;

  constructor(link: Carrier, onOver: () => void) {
    this.#link = link;
    this.#onOver = onOver;
  }

  get isRunning(): boolean {
    return this.#cancel !== undefined;
  }

  start(): void {
    this.#cancel?.();
    this.#untilUs = this.#link.nowUs + this.#nextMs * 1000;
    this.#schedule(false);
    const grownMs = Math.min(MAX_MS, Math.trunc((this.#nextMs * 8) / 5));
    const spreadMs = Math.trunc(grownMs / 5);
    this.#nextMs = grownMs + this.#link.randomInteger(-spreadMs, spreadMs);
  }

  /** From now on a call waits for its end. */
  await(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#schedule(true);
  }

  /** Ends the wait; the next one has the first length again. */
  reset(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#nextMs = FIRST_MS;
  }

  #schedule(awaited: boolean): void {
    const over = (): void => {
      this.#cancel = undefined;
      this.#onOver();
    };
    const delayUs = this.#untilUs - this.#link.nowUs;
    this.#cancel = awaited
      ? this.#link.toNode(delayUs, 'backoff', over)
      : this.#link.toNodeInBackground(delayUs, 'backoff', over);
  }
}
