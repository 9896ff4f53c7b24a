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
  readonly deletes: Interval[];
}

export function writesTwice(operations: readonly RequestOp[]): boolean {
  // Most transactions have one operation, which cannot meet another.
  if (operations.length < 2 && operations[0]?.requestTxn === undefined) return false;
  return collect(operations) === undefined;
}

/** What these operations write; undefined where they write a key twice. */
function collect(operations: readonly RequestOp[]): Writes | undefined {
  const puts = new Set<ByteString>();
  const deletes: Interval[] = [];
  for (const { requestDeleteRange } of operations) {
    if (requestDeleteRange !== undefined) deletes.push(intervalOf(requestDeleteRange));
  }
  for (const { requestTxn } of operations) {
    if (requestTxn === undefined) continue;
    const success = collect(requestTxn.success);
    const failure = collect(requestTxn.failure);
    if (success === undefined || failure === undefined) return undefined;
    for (const key of success.puts) {
      if (puts.has(key) || isDeleted(key, deletes)) return undefined;
      puts.add(key);
    }
    for (const key of failure.puts) {
      // Only one of the two branches is taken, so they may put the same key.
      if ((puts.has(key) && !success.puts.has(key)) || isDeleted(key, deletes)) return undefined;
      puts.add(key);
    }
    deletes.push(...success.deletes, ...failure.deletes);
  }
  for (const { requestPut } of operations) {
    if (requestPut === undefined) continue;
    if (puts.has(requestPut.key) || isDeleted(requestPut.key, deletes)) return undefined;
    puts.add(requestPut.key);
  }
  return { puts, deletes };
}

function intervalOf({ key, rangeEnd }: DeleteRangeRequest): Interval {
  return { begin: key, end: rangeEnd === undefined || rangeEnd === '' ? `${key}\0` : rangeEnd };
}

function isDeleted(key: ByteString, deletes: readonly Interval[]): boolean {
  return deletes.some(({ begin, end }) => begin <= key && key < end);
}
