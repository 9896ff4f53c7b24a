/**
 * The host as one process of a member sees it: its timers pause with it and end with it. Invariant: a timer
 * that falls due during a pause acts when the process resumes, in order with everything else that waited.
 */
import { type EtcdHost, bound } from '../service.js';
import type { Gate } from './gate.js';

export class ProcessHost implements EtcdHost {
  readonly #host: EtcdHost;
  readonly #gate: Gate;

  constructor(host: EtcdHost, gate: Gate) {
    this.#host = host;
    this.#gate = gate;
  }

  nowMs(): number {
    return this.#host.nowMs();
  }

  schedule(delayMs: number, action: () => void): () => void {
    return this.#gated(action, (gated) => this.#host.schedule(delayMs, gated));
  }

  scheduleHousekeeping(delayMs: number, action: () => void): () => void {
    return this.#gated(action, (gated) => this.#host.scheduleHousekeeping(delayMs, gated));
  }

  randomUint32(stream: string): number {
    return this.#host.randomUint32(stream);
  }

  bind<A extends readonly unknown[], R>(callback: (...given: A) => R, otherwise: R): (...given: A) => R {
    return bound(this.#host, callback, otherwise);
  }

  #gated(action: () => void, schedule: (gated: () => void) => () => void): () => void {
    let cancelled = false;
    const cancel = schedule(() =>
      this.#gate.pass(() => {
        if (!cancelled) action();
      }),
    );
    return () => {
      cancelled = true;
      cancel();
    };
  }
}
