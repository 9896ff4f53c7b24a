/**
 * Which lease to check next: a binary heap by time, with one entry per lease. Invariant: an entry's time is
 * never after its lease's expiry. A renewal therefore costs nothing: the entry is moved when its time has
 * come.
 */
import type { Lease } from './lease.js';

interface Entry {
  readonly lease: Lease;
  readonly timeMs: number;
  /** Ties go to the older entry. */
  readonly sequence: number;
}

export class ExpiryQueue {
  #heap: Entry[] = [];
  #sequence = 0;

  /** When to check next; infinite if there is nothing to check. */
  get nextMs(): number {
    return this.#heap[0]?.timeMs ?? Infinity;
  }

  clear(): void {
    this.#heap = [];
  }

  push(lease: Lease, timeMs: number): void {
    const heap = this.#heap;
    const entry: Entry = { lease, timeMs, sequence: this.#sequence++ };
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const above = heap[parent] as Entry;
      if (!isBefore(entry, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = entry;
  }

  /** Removes the first lease to check, if its time has come. */
  pop(nowMs: number): Lease | undefined {
    const heap = this.#heap;
    const top = heap[0];
    if (top === undefined || top.timeMs > nowMs) return undefined;
    const last = heap.pop() as Entry;
    if (heap.length > 0) this.#sink(last);
    return top.lease;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let child = heap[left];
      if (child === undefined) break;
      let childIndex = left;
      const other = heap[right];
      if (other !== undefined && isBefore(other, child)) {
        child = other;
        childIndex = right;
      }
      if (!isBefore(child, entry)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = entry;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.timeMs < right.timeMs || (left.timeMs === right.timeMs && left.sequence < right.sequence);
}
