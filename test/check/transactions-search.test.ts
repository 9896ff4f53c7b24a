import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTransactions, type TransactionRecord } from '../../sim/check/transactions.js';
import { searchTransactions, transactionHistories, type TransactionShape } from './transaction-histories.js';

const RUNS = Number(process.env['ROUNDS'] ?? 4000);

const plain: TransactionShape = {
  transactionsMax: 6,
  keys: 2,
  deletes: false,
  snapshots: false,
  fates: false,
};
const shapes: readonly (readonly [string, TransactionShape])[] = [
  ['that all have an answer', plain],
  ['over three keys', { ...plain, keys: 3 }],
  ['some without an answer, some failed', { ...plain, fates: true }],
  ['that delete, and tell when they saw that a key was absent', { ...plain, deletes: true, snapshots: true }],
  ['that delete, and do not tell when', { ...plain, keys: 1, deletes: true }],
  ['that delete, some without an answer', { ...plain, deletes: true, snapshots: true, fates: true }],
];

describe.each(shapes)('the check of transactions %s', (_, shape) => {
  it('agrees with a search through all orders', () => {
    const count = { satisfied: 0, violated: 0, inconclusive: 0 };
    fc.assert(
      fc.property(transactionHistories(shape), (records) => {
        const { verdict } = checkTransactions(records);
        count[verdict] += 1;
        if (verdict === 'inconclusive') return;
        expect(verdict).toBe(searchTransactions(records) ? 'satisfied' : 'violated');
      }),
      { numRuns: RUNS, seed: 6 },
    );
    expect(count.satisfied).toBeGreaterThan(RUNS / 20);
    expect(count.violated).toBeGreaterThan(RUNS / 20);
    // Only if an unanswered deletion may explain that a key was absent.
    expect(count.inconclusive).toBeLessThan(shape.deletes && shape.fates ? RUNS / 20 : 1);
  });
});

/** A transaction that read both keys reads them as one range, in which an absent key is not found. */
function readAsRange(record: TransactionRecord): TransactionRecord {
  const { reads } = record;
  const absent = reads.filter(({ modRevision }) => modRevision === 0);
  const snapshots = new Set(absent.map((read) => read.snapshot));
  if (reads.length < 2 || snapshots.size > 1) return record;
  const [snapshot] = snapshots;
  const found = reads.filter(({ modRevision }) => modRevision !== 0);
  return { ...record, reads: [], ranges: [{ matches: (key) => 'ab'.includes(key), found, snapshot }] };
}

it('a key that a range did not find counts as read by its name', () => {
  const count = { satisfied: 0, violated: 0, inconclusive: 0 };
  const shape = { ...plain, deletes: true, snapshots: true };
  fc.assert(
    fc.property(transactionHistories(shape), (records) => {
      const { verdict } = checkTransactions(records.map(readAsRange));
      count[verdict] += 1;
      expect(verdict).toBe(searchTransactions(records) ? 'satisfied' : 'violated');
    }),
    { numRuns: RUNS, seed: 6 },
  );
  expect(count.satisfied).toBeGreaterThan(RUNS / 20);
  expect(count.violated).toBeGreaterThan(RUNS / 20);
});
