/**
 * Watchers whose client did not take their batch: each keeps that one batch and receives nothing else until the client
 * has taken it. etcd calls them victims. Invariant: delivery is tried again every ten milliseconds, and nothing
 * is scheduled while there are none.
 */
import type { EtcdHost } from '../service.js';
import type { Change } from '../store/change.js';
import type { Watcher } from './watcher.js';

const RETRY_MS = 10;

export class Victims {
  readonly #host: EtcdHost;
  readonly #onFreed: (watcher: Watcher) => void;
  readonly #batches = new Map<Watcher, readonly Change[]>();
  #cancelRetry: (() => void) | undefined;

  /** @param onFreed receives a watcher whose batch was taken, and which has missed the changes in between */
  constructor(host: EtcdHost, onFreed: (watcher: Watcher) => void) {
    this.#host = host;
    this.#onFreed = onFreed;
  }

  get size(): number {
    return this.#batches.size;
  }

  add(watcher: Watcher, changes: readonly Change[]): void {
    watcher.state = 'victim';
    this.#batches.set(watcher, changes);
    this.#cancelRetry ??= this.#host.schedule(RETRY_MS, () => this.#retry());
  }

  delete(watcher: Watcher): void {
    this.#batches.delete(watcher);
  }

  close(): void {
    this.#cancelRetry?.();
    this.#batches.clear();
  }

  #retry(): void {
    this.#cancelRetry = undefined;
    for (const [watcher, changes] of [...this.#batches]) {
      // Another's batch may have ended this one's stream.
      if (!this.#batches.has(watcher)) continue;
      // The watcher has seen the store up to the revision before the one it wants next.
      if (!watcher.send(changes, watcher.minRevision - 1)) continue;
      this.#batches.delete(watcher);
      this.#onFreed(watcher);
    }
    if (this.#batches.size > 0) this.#cancelRetry ??= this.#host.schedule(RETRY_MS, () => this.#retry());
  }
}
