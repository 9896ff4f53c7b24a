/** How many observed values fall between which bounds. */

export class Distribution {
  /**
   * Counts of values above the previous bound, up to the bound of the same index; the last count is above all
   * bounds.
   */
  readonly counts: number[];
  sum = 0;

  /** @param bounds upper ones, ascending */
  constructor(readonly bounds: readonly number[]) {
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let index = 0;
    while (index < this.bounds.length && value > (this.bounds[index] as number)) index++;
    this.counts[index] = (this.counts[index] as number) + 1;
    this.sum += value;
  }
}
