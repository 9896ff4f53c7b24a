/** One lease: its time to live, when it expires under the current leader, and the keys attached to it. */
import type { ByteString } from '../byte-string.js';

export class Lease {
  /** On the leader's clock; infinite while no leader can expire it. */
  expiryMs = Infinity;
  readonly keys = new Set<ByteString>();
  readonly #onRevoked = new Set<() => void>();

  constructor(
    readonly id: bigint,
    /** As granted. */
    readonly ttlSeconds: number,
  ) {}

  refresh(nowMs: number, extendMs = 0): void {
    this.expiryMs = nowMs + extendMs + this.ttlSeconds * 1000;
  }

  /** Calls back once the lease is revoked, or the leader is deposed; the returned function cancels it. */
  whenSettled(action: () => void): () => void {
    this.#onRevoked.add(action);
    return () => this.#onRevoked.delete(action);
  }

  settle(): void {
    const actions = [...this.#onRevoked];
    this.#onRevoked.clear();
    for (const action of actions) action();
  }
}
