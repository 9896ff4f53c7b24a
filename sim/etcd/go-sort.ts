/**
 * Sorts as Go's `sort.Sort` does, which clients can see: it is not stable, so equal items come out in the
 * order that this algorithm leaves. It is pattern-defeating quicksort (Peters 2021, arXiv:2106.05123) with
 * Go's choice of pivots and limits, as in every Go since 1.19. Invariant: the same comparisons and the same
 * swaps in the same order as Go's.
 */

/** Sorts in place. */
export function goSort<T>(items: T[], isLess: (left: T, right: T) => boolean): void {
  new GoSort(items, isLess).sort(0, items.length, bitsOf(items.length));
}

/** Up to this many items are sorted by insertion. */
const INSERTION_MAX = 12;
/** From this many items on, pivots are medians of medians. */
const NINTHER_MIN = 50;
/** The number of comparisons for a ninther; if all of them were out of order, the items descend. */
const NINTHER_SWAPS_MAX = 12;
/** How many adjacent pairs out of order are repaired before the items no longer count as nearly sorted. */
const REPAIRS_MAX = 5;
const REPAIR_LENGTH_MIN = 50;

class GoSort<T> {
  readonly #items: T[];
  readonly #isLess: (left: T, right: T) => boolean;
  /** Of the last choice of a pivot: comparisons that were out of order. */
  #swaps = 0;

  constructor(items: T[], isLess: (left: T, right: T) => boolean) {
    this.#items = items;
    this.#isLess = isLess;
  }

  /** @param badPivotsMax after this many bad pivots it becomes a heap sort */
  sort(from: number, to: number, badPivotsMax: number): void {
    let start = from;
    let end = to;
    let limit = badPivotsMax;
    let wasBalanced = true;
    let wasPartitioned = true;
    for (;;) {
      const length = end - start;
      if (length <= INSERTION_MAX) {
        this.#insertionSort(start, end);
        return;
      }
      if (limit === 0) {
        this.#heapSort(start, end);
        return;
      }
      if (!wasBalanced) {
        this.#scatter(start, end);
        limit--;
      }
      let pivot = this.#choosePivot(start, end);
      let looksSorted = this.#swaps === 0;
      if (this.#swaps === NINTHER_SWAPS_MAX) {
        this.#reverse(start, end);
        pivot = end - 1 - (pivot - start);
        looksSorted = true;
      }
      if (wasBalanced && wasPartitioned && looksSorted && this.#repair(start, end)) return;
      // No item here is less than the ones before: if the pivot is not greater, it is the least.
      if (start > 0 && !this.#less(start - 1, pivot)) {
        start = this.#partitionEqual(start, end, pivot);
        continue;
      }
      const { middle, wasSorted } = this.#partition(start, end, pivot);
      wasPartitioned = wasSorted;
      const before = middle - start;
      const after = end - middle;
      const balancedMin = Math.trunc(length / 8);
      if (before < after) {
        wasBalanced = before >= balancedMin;
        this.sort(start, middle, limit);
        start = middle + 1;
      } else {
        wasBalanced = after >= balancedMin;
        this.sort(middle + 1, end, limit);
        end = middle;
      }
    }
  }

  #less(left: number, right: number): boolean {
    return this.#isLess(this.#items[left] as T, this.#items[right] as T);
  }

  #swap(left: number, right: number): void {
    const item = this.#items[left] as T;
    this.#items[left] = this.#items[right] as T;
    this.#items[right] = item;
  }

  #insertionSort(start: number, end: number): void {
    for (let next = start + 1; next < end; next++) this.#sinkLeft(next, start);
  }

  /** Moves an item left while it is less than its neighbour, at most down to `least`. */
  #sinkLeft(from: number, least: number): void {
    for (let at = from; at > least && this.#less(at, at - 1); at--) this.#swap(at, at - 1);
  }

  #heapSort(start: number, end: number): void {
    const length = end - start;
    for (let root = Math.trunc((length - 1) / 2); root >= 0; root--) this.#siftDown(root, length, start);
    for (let last = length - 1; last >= 0; last--) {
      this.#swap(start, start + last);
      this.#siftDown(0, last, start);
    }
  }

  #siftDown(from: number, length: number, start: number): void {
    for (let root = from; ;) {
      let child = 2 * root + 1;
      if (child >= length) return;
      if (child + 1 < length && this.#less(start + child, start + child + 1)) child++;
      if (!this.#less(start + root, start + child)) return;
      this.#swap(start + root, start + child);
      root = child;
    }
  }

  /** Swaps three items with others that look random, but follow from the length. */
  #scatter(start: number, end: number): void {
    const length = end - start;
    const mask = BigInt(2 ** bitsOf(length) - 1);
    const first = start + Math.trunc(length / 4) * 2 - 1;
    let state = BigInt(length);
    for (let index = first; index <= first + 2; index++) {
      state = shifted(state);
      const drawn = Number(state & mask);
      this.#swap(index, start + (drawn >= length ? drawn - length : drawn));
    }
  }

  #choosePivot(start: number, end: number): number {
    const length = end - start;
    const quarter = Math.trunc(length / 4);
    this.#swaps = 0;
    let points: readonly [number, number, number] = [
      start + quarter,
      start + quarter * 2,
      start + quarter * 3,
    ];
    if (length >= NINTHER_MIN) {
      const [one, two, three] = points;
      points = [this.#medianAround(one), this.#medianAround(two), this.#medianAround(three)];
    }
    return this.#median(...points);
  }

  #medianAround(index: number): number {
    return this.#median(index - 1, index, index + 1);
  }

  #median(one: number, two: number, three: number): number {
    const [low, high] = this.#inOrder(one, two);
    const [middle] = this.#inOrder(high, three);
    return this.#inOrder(low, middle)[1];
  }

  #inOrder(left: number, right: number): readonly [number, number] {
    if (!this.#less(right, left)) return [left, right];
    this.#swaps++;
    return [right, left];
  }

  #reverse(start: number, end: number): void {
    for (let left = start, right = end - 1; left < right; left++, right--) this.#swap(left, right);
  }

  /** Repairs a few adjacent pairs that are out of order; true if everything is sorted then. */
  #repair(start: number, end: number): boolean {
    let index = start + 1;
    for (let repairs = 0; repairs < REPAIRS_MAX; repairs++) {
      while (index < end && !this.#less(index, index - 1)) index++;
      if (index === end) return true;
      if (end - start < REPAIR_LENGTH_MIN) return false;
      this.#swap(index, index - 1);
      // Go looks beyond the start here, where no item is greater.
      if (index - start >= 2) this.#sinkLeft(index - 1, 0);
      if (end - index >= 2) {
        for (let at = index + 1; at < end && this.#less(at, at - 1); at++) this.#swap(at, at - 1);
      }
    }
    return false;
  }

  #partition(start: number, end: number, pivot: number): { middle: number; wasSorted: boolean } {
    this.#swap(start, pivot);
    let left = start + 1;
    let right = end - 1;
    for (let rounds = 0; ; rounds++) {
      while (left <= right && this.#less(left, start)) left++;
      while (left <= right && !this.#less(right, start)) right--;
      if (left > right) {
        this.#swap(right, start);
        return { middle: right, wasSorted: rounds === 0 };
      }
      this.#swap(left++, right--);
    }
  }

  /**
   * Moves items equal to the pivot to the front, among items none of which is less; returns where the others
   * begin.
   */
  #partitionEqual(start: number, end: number, pivot: number): number {
    this.#swap(start, pivot);
    let left = start + 1;
    let right = end - 1;
    for (;;) {
      while (left <= right && !this.#less(start, left)) left++;
      while (left <= right && this.#less(start, right)) right--;
      if (left > right) return left;
      this.#swap(left++, right--);
    }
  }
}

/** How many bits the number has. */
function bitsOf(value: number): number {
  return value === 0 ? 0 : 32 - Math.clz32(value);
}

/** The next state of a 64-bit xorshift generator (Marsaglia 2003). */
function shifted(state: bigint): bigint {
  let next = BigInt.asUintN(64, state ^ (state << 13n));
  next ^= next >> 7n;
  return BigInt.asUintN(64, next ^ (next << 17n));
}
