/** Reads durations as Go writes them: numbers with units, such as `10m`, `1h30m` or `1.5s`. */
import { expected, ok, type Parsed } from './parsed.js';

const UNITS_MS: Readonly<Record<string, number>> = {
  ...{ h: 3_600_000, m: 60_000, s: 1000, ms: 1 },
  ...{ us: 1e-3, µs: 1e-3, μs: 1e-3, ns: 1e-6 },
};
const NUMBER_AND_UNIT = /(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns)/g;

/** Milliseconds; undefined where the text is no duration. It may have a sign, and `0` needs no unit. */
export function durationMsOf(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const size = text.replace(/^[+-]/, '');
  if (size === '0') return 0;
  const parts = [...size.matchAll(NUMBER_AND_UNIT)];
  if (size === '' || parts.map(([part]) => part).join('') !== size) return undefined;
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (UNITS_MS[unit] ?? 0), 0) * sign;
}

/** Reads a duration of at least a millisecond. */
export function parseDuration(text: string): Parsed<number> {
  const durationMs = durationMsOf(text);
  if (durationMs !== undefined && durationMs >= 1) return ok(durationMs);
  return expected('a duration such as 30s, 10m or 1h30m', text);
}
