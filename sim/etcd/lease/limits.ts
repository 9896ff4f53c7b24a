/** etcd's limits for leases, with their default values. */

/** The shortest TTL granted: one and a half election timeouts, in whole seconds. */
export const MIN_TTL_SECONDS = 2;

export const MAX_TTL_SECONDS = 9_000_000_000;

/** How often the leader looks for expired leases. */
export const EXPIRY_PERIOD_MS = 500;

/** How long an expired lease is left alone before its revocation is proposed again. */
export const REVOKE_RETRY_MS = 3000;

/** Leases to revoke per second; half of it at each of the two looks per second. */
export const REVOKE_RATE = 1000;
