/**
 * The real world as the in-memory etcd sees it: this machine's clock, timers and randomness. Invariant: its clock
 * never goes back, and after `close` no timer of it is left.
 */
import { randomInt } from 'node:crypto';
import type { EtcdHost } from '../etcd/service.js';

const UINT32_COUNT = 2 ** 32;

export class RealHost implements EtcdHost {
  readonly #timers = new Set<NodeJS.Timeout>();

  /** Counted from 1970, so that ids made of it differ from those of an earlier process. */
  nowMs(): number {
    return Math.floor(performance.timeOrigin + performance.now());
  }

  schedule(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  scheduleHousekeeping(delayMs: number, action: () => void): () => void {
    return this.schedule(delayMs, action);
  }

  randomUint32(): number {
    return randomInt(UINT32_COUNT);
  }

  /** Timers that have not fired. */
  get timers(): number {
    return this.#timers.size;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
