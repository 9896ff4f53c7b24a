/** A ratio of two things measured in turn, and how it is printed. */
import { table } from '../sim/docs/table.js';

export interface Ratio {
  readonly name: string;
  /** Median, minimum and maximum over the pairs. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly pairs: number;
  /** The limit for the median. */
  readonly wanted: number;
  /** The medians behind it, in words. */
  readonly detail: string;
}

/** Measures both sides in turn, `pairs` times after one warm-up, and divides pair by pair. */
export async function measureRatio(request: {
  readonly name: string;
  readonly pairs: number;
  readonly wanted: number;
  /** The ratio is above / below. */
  above(): Promise<number>;
  below(): Promise<number>;
  detail(aboveMedian: number, belowMedian: number): string;
}): Promise<Ratio> {
  const above: number[] = [];
  const below: number[] = [];
  for (let pair = -1; pair < request.pairs; pair++) {
    const a = await request.above();
    const b = await request.below();
    if (pair < 0) continue;
    above.push(a);
    below.push(b);
  }
  const ratios = above.map((value, index) => value / (below[index] ?? Number.NaN));
  return {
    name: request.name,
    median: median(ratios),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    pairs: request.pairs,
    wanted: request.wanted,
    detail: request.detail(median(above), median(below)),
  };
}

export function formatRatio({ name, median: middle, min, max, pairs, wanted, detail }: Ratio): string {
  const mark = middle >= wanted ? 'ok' : 'BELOW';
  const range = `${min.toFixed(2)} to ${max.toFixed(2)} over ${pairs} pairs`;
  return `${mark.padEnd(6)}${name}: ${middle.toFixed(2)} (${range}; wanted ${wanted})\n      ${detail}`;
}

/** As Markdown, for the page. */
export function ratioTable(ratios: readonly Ratio[]): string {
  const rows = ratios.map(({ name, median: middle, min, max, wanted, detail }) => [
    ...[name, middle.toFixed(2), `${min.toFixed(2)} to ${max.toFixed(2)}`, String(wanted), detail],
  ]);
  return table(['what', 'ratio', 'range', 'wanted', 'behind it'], rows);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
