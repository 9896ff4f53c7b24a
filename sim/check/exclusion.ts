/**
 * Mutual exclusion over intervals of belief: from the moment a client learns that it has a lock to the moment
 * it begins to release it. Invariant: of two holders that exclude each other one has ended before the other
 * began. A violation is the first pair, by the later one's beginning, that breaks this. O(n log n).
 */

/** One client's belief that it holds a lock. */
export interface Holding {
  readonly id: string;
  /** Holders of different locks never exclude each other. */
  readonly lock: string;
  /** Readers do not exclude one another. */
  readonly mode: 'write' | 'read';
  /** Place in the run's total order at which it began: the return of `lock`. */
  readonly start: number;
  /** Its end: the invocation of `unlock`; Infinity if there was none. */
  readonly end: number;
}

/** Two holders at once; `first` began first. */
export interface Overlap {
  readonly first: Holding;
  readonly second: Holding;
}

/** Every holder that began while an excluding one held, each with the one of them that ended last. */
export function overlapsOf(holdings: readonly Holding[]): Overlap[] {
  const overlaps: Overlap[] = [];
  const open = new Map<string, { any?: Holding; writer?: Holding }>();
  for (const second of [...holdings].sort((left, right) => left.start - right.start)) {
    const last = open.get(second.lock) ?? {};
    const first = second.mode === 'write' ? last.any : last.writer;
    if (first !== undefined && first.end > second.start) overlaps.push({ first, second });
    open.set(second.lock, {
      any: later(last.any, second),
      ...(second.mode === 'write'
        ? { writer: later(last.writer, second) }
        : last.writer === undefined
          ? {}
          : { writer: last.writer }),
    });
  }
  return overlaps;
}

function later(one: Holding | undefined, other: Holding): Holding {
  return one !== undefined && one.end >= other.end ? one : other;
}
