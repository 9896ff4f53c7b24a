/**
 * The common case: the transactions in the order of their revisions, each reader just after the revision it
 * read at, are an order that explains everything. Invariant: a yes is proof; a no proves nothing. O(n log n).
 */
import type { VersionRead } from './reads.js';
import type { Committed } from './versions.js';

export function isOrderedByRevision(
  transactions: readonly Committed[],
  reads: readonly VersionRead[],
): boolean {
  const positions = new Float64Array(transactions.length);
  for (const [index, { record, revision }] of transactions.entries()) {
    if (revision === undefined) return false;
    positions[index] = record.writes.length > 0 ? 2 * revision : 2 * revision + 1;
  }
  for (const { reader, versions, version } of reads) {
    const position = positions[reader] ?? 0;
    if (version >= 0 && 2 * (versions.revisions[version] ?? 0) >= position) return false;
    const next = versions.revisions[version + 1];
    if (next !== undefined && 2 * next <= position && versions.writers[version + 1] !== reader) return false;
  }
  return followsRealTime(transactions, positions);
}

function followsRealTime(transactions: readonly Committed[], positions: Float64Array): boolean {
  const order = Uint32Array.from(transactions.keys()).sort(
    (a, b) => (positions[a] ?? 0) - (positions[b] ?? 0),
  );
  /** The last invocation at earlier positions, and at this one. */
  let earlier = -Infinity;
  let here = -Infinity;
  let position = -Infinity;
  for (const index of order) {
    const transaction = transactions[index];
    if (transaction === undefined) continue;
    if (positions[index] !== position) {
      if (here > earlier) earlier = here;
      position = positions[index] ?? 0;
      here = -Infinity;
    }
    if (transaction.return < earlier) return false;
    if (transaction.record.invoke > here) here = transaction.record.invoke;
  }
  return true;
}
