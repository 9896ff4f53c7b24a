/** One lease: its time to live, when it expires while some member is the leader, and the keys that hang on it. */
import type { ByteString } from '../byte-string.js';

export class Lease {
  /** On the leader's clock; infinite while there is no leader to expire it. */
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

  /** Calls back once the lease is revoked, or no longer the leader's to expire; the returned function takes it back. */
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
