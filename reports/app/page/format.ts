/** Numbers and times as the page shows them: the same in every locale. */

/** `12345` as `12,345`. */
export function formatCount(count: number): string {
  const [whole = '', fraction] = String(count).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A duration in the unit that suits its size. */
export function formatDuration(durationUs: number): string {
  if (durationUs === 0) return '0 ms';
  if (durationUs < 1000) return `${Math.round(durationUs)} µs`;
  const durationMs = durationUs / 1000;
  if (durationMs < 99.95) return `${durationMs.toFixed(2)} ms`;
  if (durationMs < 999.5) return `${durationMs.toFixed(0)} ms`;
  if (durationMs < 59_995) return `${(durationMs / 1000).toFixed(2)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${formatCount(Math.floor(seconds / 60))} min ${seconds % 60} s`;
}

/** How many a second: two digits at least. */
export function formatRate(count: number, durationMs: number): string {
  if (durationMs <= 0) return '0';
  const rate = (count * 1000) / durationMs;
  return rate < 9.95 ? rate.toFixed(1) : formatCount(Math.round(rate));
}

/** A point in time, to the microsecond. */
export function formatTime(timeUs: number): string {
  const [whole = '', fraction = ''] = (timeUs / 1000).toFixed(3).split('.');
  return `${formatCount(Number(whole))}.${fraction} ms`;
}

/** A tick of the axis, with enough digits for the distance to the next tick. */
export function formatTick(timeUs: number, stepUs: number): string {
  if (timeUs === 0) return '0';
  const [unitUs, unit] = stepUs >= 1_000_000 ? [1_000_000, 's'] : stepUs >= 1000 ? [1000, 'ms'] : [1, 'µs'];
  return `${formatCount(timeUs / unitUs)} ${unit}`;
}
