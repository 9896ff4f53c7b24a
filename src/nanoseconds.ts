/** Names for keys that are put at the same time, from the clock, as in etcd's Go recipes. */

const DIGITS = 19;

/** Nanoseconds since 1970: the clock gives the milliseconds, the rest is random, so two are seldom equal. */
export function nanoseconds(): string {
  const below = BigInt(Math.floor(Math.random() * 1_000_000));
  return String(BigInt(Date.now()) * 1_000_000n + below).padStart(DIGITS, '0');
}
