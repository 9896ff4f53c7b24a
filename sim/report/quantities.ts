/**
 * Numbers, times and counted nouns as reports print them. Invariant: they ignore the locale, so output is the
 * same everywhere.
 */

/** `12345` as `12,345`. */
export function formatCount(count: number): string {
  const [whole = '', fraction] = String(count).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 seed`, `2 seeds`. */
export function formatNoun(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A duration in the unit that suits its size: `0.42 ms`, `412 ms`, `1.43 s`, `2 min 3 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0 ms';
  if (durationMs < 9.995) return `${durationMs.toFixed(2)} ms`;
  if (durationMs < 99.95) return `${durationMs.toFixed(1)} ms`;
  if (durationMs < 999.5) return `${durationMs.toFixed(0)} ms`;
  if (durationMs < 59_995) return `${(durationMs / 1000).toFixed(2)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${formatCount(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** A point in time with all the digits that tell two neighbours apart: `412.318 ms`, `1,002.500 ms`. */
export function formatTime(timeUs: number): string {
  const [whole = '', fraction = ''] = (timeUs / 1000).toFixed(3).split('.');
  return `${formatCount(Number(whole))}.${fraction} ms`;
}

/** How many a second: two digits at least. */
export function formatRate(count: number, durationMs: number): string {
  if (durationMs <= 0) return '0';
  const rate = (count * 1000) / durationMs;
  return rate < 9.95 ? rate.toFixed(1) : formatCount(Math.round(rate));
}
