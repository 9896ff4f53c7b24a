/**
 * Which gaps are open, that is, not covered by an interval so far. Invariant: a covered gap stays covered.
 * Each question takes almost no time, because of two union-finds (to the next open gap and to the previous
 * one).
 */
export class Coverage {
  /** Shifted by one, which leaves a place before the first gap. */
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(gaps: number) {
    this.#next = Int32Array.from({ length: gaps + 2 }, (_, index) => index);
    this.#previous = Int32Array.from(this.#next);
  }

  /** The first open gap from this one on; at least the number of gaps if there is none. */
  firstOpen(from: number): number {
    return root(this.#next, from + 1) - 1;
  }

  /** The last open gap up to this one; -1 if there is none. */
  lastOpen(to: number): number {
    return root(this.#previous, to + 1) - 1;
  }

  /** Covers both gaps and those in between; none if `to` is before `from`. */
  cover(from: number, to: number): void {
    if (from > to) return;
    for (let gap = this.firstOpen(from); gap <= to; gap = this.firstOpen(gap)) {
      this.#next[gap + 1] = gap + 2;
      this.#previous[gap + 1] = gap;
    }
  }
}

function root(links: Int32Array, from: number): number {
  let end = from;
  while (links[end] !== end) end = Number(links[end]);
  for (let at = from; at !== end;) {
    const next = Number(links[at]);
    links[at] = end;
    at = next;
  }
  return end;
}
