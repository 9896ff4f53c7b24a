/**
 * Callers that wait to hear that a member has been without a leader for long. etcd looks once every election
 * timeout and gives up on the third look in a row without one. Invariant: nothing is scheduled while there is
 * a leader.
 */
import type { EtcdHost } from '../service.js';
import { ELECTION_TIMEOUT_MS } from './timing.js';

const FURTHER_LOOKS = 2;

export class LeaderWatches {
  readonly #host: EtcdHost;
  readonly #startedMs: number;
  readonly #watches = new Set<() => void>();
  #cancelLook: (() => void) | undefined;

  /** @param startedMs when the member began to look */
  constructor(host: EtcdHost, startedMs: number) {
    this.#host = host;
    this.#startedMs = startedMs;
  }

  add(onNoLeader: () => void): () => void {
    const watch = (): void => onNoLeader();
    this.#watches.add(watch);
    return () => this.#watches.delete(watch);
  }

  onLeader(known: boolean): void {
    if (known) {
      this.close();
      return;
    }
    if (this.#cancelLook !== undefined) return;
    const sinceMs = this.#host.nowMs() - this.#startedMs;
    const untilLookMs = ELECTION_TIMEOUT_MS - (sinceMs % ELECTION_TIMEOUT_MS);
    this.#cancelLook = this.#host.schedule(untilLookMs + FURTHER_LOOKS * ELECTION_TIMEOUT_MS, () => {
      const watches = [...this.#watches];
      this.#watches.clear();
      for (const watch of watches) watch();
    });
  }

  close(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }
}
