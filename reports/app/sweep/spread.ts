/** The shape of a list of numbers. Pure. */

export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** How many values lie in each of the same parts of the range. */
  readonly parts: readonly number[];
}

/** Undefined without values. */
export function spreadOf(values: readonly number[], partCount: number): Spread | undefined {
  const sorted = [...values].sort((left, right) => left - right);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return undefined;
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? least;
  // Whole numbers close together have a part each.
  const count = Math.max(
    1,
    Math.min(partCount, Number.isInteger(most - least) ? most - least + 1 : partCount),
  );
  const parts = Array.from({ length: count }, () => 0);
  for (const value of sorted) {
    const part = most === least ? 0 : Math.floor(((value - least) / (most - least)) * count);
    const at = Math.min(count - 1, part);
    parts[at] = (parts[at] ?? 0) + 1;
  }
  return { least, median, most, parts };
}
