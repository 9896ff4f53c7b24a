/** Keys that tell apart what is put at the same time, as etcd's Go recipes make them of the clock. */

const DIGITS = 19;

/** Nanoseconds since 1970: the milliseconds are the clock's, the rest is drawn, so that two seldom have the same. */
export function nanoseconds(): string {
  const below = BigInt(Math.floor(Math.random() * 1_000_000));
  return String(BigInt(Date.now()) * 1_000_000n + below).padStart(DIGITS, '0');
}
