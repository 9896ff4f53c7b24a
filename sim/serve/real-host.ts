/**
 * The host of the in-memory etcd in the real world: this machine's clock, timers and randomness. Invariant:
 * its clock never goes back, no timer of it is left after `close`, and no timer throws if exceptions are
 * contained.
 */
import { randomInt } from 'node:crypto';
import type { EtcdHost } from '../etcd/service.js';
import type { Containment } from './containment.js';

const UINT32_COUNT = 2 ** 32;

export class RealHost implements EtcdHost {
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #containment: Containment | undefined;

  /** @param containment of exceptions; without one the process gets them */
  constructor(containment?: Containment) {
    this.#containment = containment;
  }

  /** Counted from 1970, so that ids derived from it differ from those of an earlier process. */
  nowMs(): number {
    return Math.floor(performance.timeOrigin + performance.now());
  }

  schedule(delayMs: number, action: () => void): () => void {
    const contained = this.#containment?.bindTimer(action) ?? action;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      contained();
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

  bind<A extends readonly unknown[], R>(callback: (...given: A) => R, otherwise: R): (...given: A) => R {
    return this.#containment?.bind(callback, otherwise) ?? callback;
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
