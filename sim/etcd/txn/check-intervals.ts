/**
 * Finds transactions that would write one key twice. The rule is etcd's own, gaps included: a delete "from the key
 * on" overlaps nothing, and of two nested transactions only a put after a delete counts.
 */
import type { ByteString } from '../byte-string.js';
import type { DeleteRangeRequest, RequestOp } from '../wire/kv.js';

interface Interval {
  readonly begin: ByteString;
  readonly end: ByteString;
}

interface Writes {
  readonly puts: Set<ByteString>;
  readonly deletes: DeletedKeys;
}

export function writesTwice(operations: readonly RequestOp[]): boolean {
  // Most transactions have one operation, which cannot meet another.
  if (operations.length < 2 && operations[0]?.requestTxn === undefined) return false;
  return collect(operations) === undefined;
}

/** What these operations write; undefined where they write a key twice. */
function collect(operations: readonly RequestOp[]): Writes | undefined {
  const puts = new Set<ByteString>();
  const deletes = new DeletedKeys();
  for (const { requestDeleteRange } of operations) {
    if (requestDeleteRange !== undefined) deletes.add([intervalOf(requestDeleteRange)]);
  }
  for (const { requestTxn } of operations) {
    if (requestTxn === undefined) continue;
    const success = collect(requestTxn.success);
    const failure = collect(requestTxn.failure);
    if (success === undefined || failure === undefined) return undefined;
    for (const key of success.puts) {
      if (puts.has(key) || deletes.has(key)) return undefined;
      puts.add(key);
    }
    for (const key of failure.puts) {
      // Only one of the two branches is taken, so they may put the same key.
      if ((puts.has(key) && !success.puts.has(key)) || deletes.has(key)) return undefined;
      puts.add(key);
    }
    deletes.add(success.deletes.intervals());
    deletes.add(failure.deletes.intervals());
  }
  for (const { requestPut } of operations) {
    if (requestPut === undefined) continue;
    if (puts.has(requestPut.key) || deletes.has(requestPut.key)) return undefined;
    puts.add(requestPut.key);
  }
  return { puts, deletes };
}

function intervalOf({ key, rangeEnd }: DeleteRangeRequest): Interval {
  return { begin: key, end: rangeEnd === undefined || rangeEnd === '' ? `${key}\0` : rangeEnd };
}

/**
 * The union of intervals. One request of 2 MiB can hold 100,000 puts and as many deletes: added intervals are merged
 * only when they are read, and a key is found by halving.
 */
class DeletedKeys {
  /** In order, and apart from each other. */
  #merged: Interval[] = [];
  #added: Interval[] = [];

  add(intervals: readonly Interval[]): void {
    for (const interval of intervals) {
      if (interval.begin < interval.end) this.#added.push(interval);
    }
  }

  has(key: ByteString): boolean {
    const intervals = this.intervals();
    let low = 0;
    let high = intervals.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((intervals[middle] as Interval).begin <= key) low = middle + 1;
      else high = middle;
    }
    const last = intervals[low - 1];
    return last !== undefined && key < last.end;
  }

  intervals(): readonly Interval[] {
    if (this.#added.length === 0) return this.#merged;
    const sorted = [...this.#merged, ...this.#added].sort((a, b) => (a.begin < b.begin ? -1 : 1));
    const merged: Interval[] = [];
    for (const { begin, end } of sorted) {
      const last = merged.at(-1);
      if (last === undefined || last.end < begin) merged.push({ begin, end });
      else if (last.end < end) merged[merged.length - 1] = { begin: last.begin, end };
    }
    this.#merged = merged;
    this.#added = [];
    return merged;
  }
}
