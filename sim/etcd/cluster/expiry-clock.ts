/**
 * The leader's clock for leases: twice a second it looks for expired leases and proposes their revocation.
 * Invariant: while some lease can expire, one look is scheduled, at the first period at or after the earliest
 * expiry; otherwise none.
 */
import type { Lessor } from '../lease/lessor.js';
import { EXPIRY_PERIOD_MS } from '../lease/limits.js';
import type { EtcdHost } from '../service.js';

/** Looks further ahead than this are taken in steps. */
const STEP_MAX_MS = 86_400_000;

export class ExpiryClock {
  readonly #host: EtcdHost;
  readonly #lessor: Lessor;
  readonly #revoke: (lease: bigint) => void;
  /** When the leader's periods began. */
  #startedMs = 0;
  #lookMs = Infinity;
  #cancelLook: (() => void) | undefined;

  constructor(host: EtcdHost, lessor: Lessor, revoke: (lease: bigint) => void) {
    this.#host = host;
    this.#lessor = lessor;
    this.#revoke = revoke;
  }

  /** The periods of a new leader count from now on. */
  restart(startedMs: number): void {
    this.close();
    this.#startedMs = startedMs;
    this.onLeasesChanged();
  }

  /** The earliest expiry may have moved forward. */
  onLeasesChanged(): void {
    const expiryMs = this.#lessor.nextExpiryMs;
    if (expiryMs === Infinity) return;
    const nowMs = this.#host.nowMs();
    const lookMs = this.#firstPeriodFrom(Math.max(expiryMs, nowMs + 1));
    if (lookMs >= this.#lookMs) return;
    this.close();
    this.#lookMs = lookMs;
    const delayMs = Math.min(lookMs - nowMs, STEP_MAX_MS);
    this.#cancelLook = this.#host.schedule(delayMs, () => this.#look());
  }

  close(): void {
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    this.#lookMs = Infinity;
  }

  #look(): void {
    this.close();
    for (const lease of this.#lessor.takeExpired(this.#host.nowMs())) this.#revoke(lease.id);
    this.onLeasesChanged();
  }

  #firstPeriodFrom(timeMs: number): number {
    const periods = Math.ceil((timeMs - this.#startedMs) / EXPIRY_PERIOD_MS);
    return this.#startedMs + periods * EXPIRY_PERIOD_MS;
  }
}
