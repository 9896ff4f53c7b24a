/**
 * All leases of the cluster. The leases and their attached keys are part of the replicated state. Only the
 * leader tracks expiries; they begin anew with each leader and pause without one. Invariant: a key is
 * attached to at most one lease, the one that its newest change names.
 */
import type { ByteString } from '../byte-string.js';
import { ERRORS } from '../errors.js';
import { Counts } from '../metrics/counts.js';
import { failed, ok, type Result } from '../result.js';
import type { LeaseBook } from '../store/store.js';
import type { WriteTransaction } from '../store/write-transaction.js';
import { ExpiryQueue } from './expiry-queue.js';
import { Lease } from './lease.js';
import { MAX_TTL_SECONDS, MIN_TTL_SECONDS, REVOKE_RATE, REVOKE_RETRY_MS } from './limits.js';
import { spreadExpiries } from './spread-expiries.js';

/** The outcome of a renewal. */
export type Renewal =
  | { readonly kind: 'renewed'; readonly ttlSeconds: number }
  | { readonly kind: 'not-found' }
  /** Its revocation is on its way; the answer is known once the lease is settled. */
  | { readonly kind: 'expired'; readonly lease: Lease };

/** What happens to a lease at one member. */
export type LeaseEvent =
  /** `change` counts the grants and revocations of the cluster: every member makes the same ones. */
  | {
      readonly kind: 'granted' | 'revoked';
      readonly change: number;
      readonly id: bigint;
      readonly ttlSeconds: number;
    }
  /** The leader lets it expire then; infinite without a leader. */
  | { readonly kind: 'dated'; readonly id: bigint; readonly expiryMs: number };

export class Lessor implements LeaseBook {
  readonly #leases = new Map<bigint, Lease>();
  readonly #queue = new ExpiryQueue();
  /** True while a leader tracks the expiries. */
  #isPrimary = false;
  readonly #onExpirySet: () => void;
  readonly #counts: Counts;
  readonly #observe: ((event: LeaseEvent) => void) | undefined;
  #changes = 0;

  /**
   * @param onExpirySet called when a lease has an expiry that may be the next
   * @param observe hears of every lease; changes nothing
   */
  constructor(onExpirySet: () => void, counts = new Counts(), observe?: (event: LeaseEvent) => void) {
    this.#onExpirySet = onExpirySet;
    this.#counts = counts;
    this.#observe = observe;
  }

  /** When a lease may have to be revoked; infinite if none. */
  get nextExpiryMs(): number {
    return this.#isPrimary ? this.#queue.nextMs : Infinity;
  }

  lookup(id: bigint): Lease | undefined {
    return this.#leases.get(id);
  }

  /** In order of expiry; without a leader in order of their grants. */
  list(): readonly Lease[] {
    const leases = [...this.#leases.values()];
    return this.#isPrimary ? leases.sort((left, right) => left.expiryMs - right.expiryMs) : leases;
  }

  grant(id: bigint, ttlSeconds: number, nowMs: number): Result<Lease> {
    if (ttlSeconds > MAX_TTL_SECONDS) return failed(ERRORS.leaseTtlTooLarge);
    if (this.#leases.has(id)) return failed(ERRORS.leaseExists);
    const lease = new Lease(id, Math.max(ttlSeconds, MIN_TTL_SECONDS));
    this.#leases.set(id, lease);
    this.#observe?.({ kind: 'granted', change: ++this.#changes, id, ttlSeconds: lease.ttlSeconds });
    this.#counts.leasesGranted++;
    this.#counts.leaseTtls.observe(lease.ttlSeconds);
    if (this.#isPrimary) {
      this.#register(lease, nowMs, 0);
      this.#onExpirySet();
    }
    return ok(lease);
  }

  /** Deletes the lease and its attached keys, in bytewise order. */
  revoke(id: bigint, transaction: WriteTransaction): Result<Lease> {
    const lease = this.#leases.get(id);
    if (lease === undefined) return failed(ERRORS.leaseNotFound);
    for (const key of [...lease.keys].sort(bytewise)) transaction.deleteRange(key, undefined);
    this.#leases.delete(id);
    this.#observe?.({ kind: 'revoked', change: ++this.#changes, id, ttlSeconds: lease.ttlSeconds });
    this.#counts.leasesRevoked++;
    return ok(lease);
  }

  /** Copies the other's leases, without their expiries. This one must be fresh. */
  copyFrom(other: Lessor): void {
    this.#changes = other.#changes;
    for (const { id, ttlSeconds, keys } of other.#leases.values()) {
      const lease = new Lease(id, ttlSeconds);
      for (const key of keys) lease.keys.add(key);
      this.#leases.set(id, lease);
    }
  }

  renew(id: bigint, nowMs: number): Renewal {
    const lease = this.#leases.get(id);
    if (lease === undefined) return { kind: 'not-found' };
    if (lease.expiryMs <= nowMs) return { kind: 'expired', lease };
    lease.refresh(nowMs);
    this.#date(lease);
    this.#counts.leasesRenewed++;
    return { kind: 'renewed', ttlSeconds: lease.ttlSeconds };
  }

  attach(id: bigint, key: ByteString): void {
    this.#leases.get(id)?.keys.add(key);
  }

  detach(id: bigint, key: ByteString): void {
    this.#leases.get(id)?.keys.delete(key);
  }

  /** A leader begins to track the expiries: from now on every lease has its whole time, and `extendMs`. */
  promote(nowMs: number, extendMs: number): void {
    this.#isPrimary = true;
    this.#queue.clear();
    for (const lease of this.#leases.values()) this.#register(lease, nowMs, extendMs);
    if (this.#leases.size >= REVOKE_RATE) {
      spreadExpiries(this.list(), nowMs, extendMs);
      for (const lease of this.#leases.values()) this.#date(lease);
    }
  }

  /** No leader tracks the expiries any longer. */
  demote(): void {
    this.#isPrimary = false;
    this.#queue.clear();
    for (const lease of this.#leases.values()) {
      lease.expiryMs = Infinity;
      this.#date(lease);
      lease.settle();
    }
  }

  /** Leases to revoke now. Each is then left alone for a while, even if its revocation fails. */
  takeExpired(nowMs: number): readonly Lease[] {
    const expired: Lease[] = [];
    while (expired.length < REVOKE_RATE / 2) {
      const lease = this.#queue.pop(nowMs);
      if (lease === undefined) break;
      if (this.#leases.get(lease.id) !== lease) continue;
      if (lease.expiryMs > nowMs) {
        this.#queue.push(lease, lease.expiryMs);
        continue;
      }
      this.#queue.push(lease, nowMs + REVOKE_RETRY_MS);
      expired.push(lease);
    }
    return expired;
  }

  #register(lease: Lease, nowMs: number, extendMs: number): void {
    lease.refresh(nowMs, extendMs);
    this.#date(lease);
    this.#queue.push(lease, lease.expiryMs);
  }

  #date({ id, expiryMs }: Lease): void {
    this.#observe?.({ kind: 'dated', id, expiryMs });
  }
}

function bytewise(left: ByteString, right: ByteString): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
