/**
 * Keeps leases that a new leader renewed together from expiring together: it delays those that would exceed
 * three quarters of the revocations possible in a second.
 */
import type { Lease } from './lease.js';
import { REVOKE_RATE } from './limits.js';

const EXPIRIES_PER_SECOND = (3 * REVOKE_RATE) / 4;

/** @param leases in order of expiry */
export function spreadExpiries(leases: readonly Lease[], nowMs: number, extendMs: number): void {
  let windowStartMs = (leases[0]?.expiryMs ?? nowMs) - nowMs;
  let windowEndMs = windowStartMs + 1000;
  let expiries = 0;
  for (const lease of leases) {
    const remainingMs = lease.expiryMs - nowMs;
    if (remainingMs > windowEndMs) {
      windowStartMs = remainingMs;
      windowEndMs = windowStartMs + 1000;
      expiries = 1;
      continue;
    }
    expiries++;
    if (expiries <= EXPIRIES_PER_SECOND) continue;
    const delayMs = Math.floor((1000 * expiries) / EXPIRIES_PER_SECOND - (remainingMs - windowStartMs));
    windowEndMs = windowStartMs + delayMs;
    lease.refresh(nowMs, extendMs + delayMs);
  }
}
