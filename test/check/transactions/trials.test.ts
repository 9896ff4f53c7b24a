/** Whole histories of transactions: which violation is reported, by whom it is shown, and what stays undecided. */
import { describe, expect, it } from 'vitest';
import { checkTransactions, type TransactionRecord } from '../../../sim/check/transactions.js';
import { violatedBy } from '../../../sim/check/transactions/transaction.js';
import { recordOf } from '../transaction-graphs.js';

const put = (key: string, value?: string) => ({ key, kind: 'put' as const, value });
const remove = (key: string) => ({ key, kind: 'delete' as const });
const sees = (key: string, modRevision: number) => ({ key, modRevision });
const satisfied = { verdict: 'satisfied' };
const lost = (record: TransactionRecord): TransactionRecord => ({ ...record, outcome: 'indefinite' });

describe('a violation names', () => {
  it('its transactions once, in the order given, and the revisions that they made, ascending', () => {
    const anomaly = { code: 'G0', name: 'dirty write', realTime: true } as const;
    const records = [
      recordOf('t2', { at: 5, writes: [put('a')] }),
      recordOf('t1', { at: 30, writes: [put('a')] }),
      recordOf('t2', { at: 5, writes: [put('b')] }),
      recordOf('t3', { at: 4, writes: [remove('a')] }),
      recordOf('reader', { at: 7 }),
      recordOf('lost', { writes: [put('a')] }),
    ];
    expect(violatedBy(anomaly, 'so it is', records)).toEqual({
      ...{ verdict: 'violated', anomaly, message: 'dirty write (G0, in real time): so it is' },
      ...{ operations: ['t2', 't1', 't3', 'reader', 'lost'], revisions: [4, 5, 30] },
    });
    expect(violatedBy({ ...anomaly, realTime: false }, 'x', [])).toMatchObject({
      ...{ message: 'dirty write (G0): x', operations: [], revisions: [] },
    });
  });

  it('those of a cycle in the order of their invocations, and of their names if those are equal', () => {
    const cycle = (first: string, second: string, times: readonly [number, number]) =>
      checkTransactions([
        recordOf(first, { at: 3, time: [times[0], 9], reads: [sees('a', 0)], writes: [put('a')] }),
        recordOf(second, { at: 4, time: [times[1], 9], reads: [sees('a', 0)], writes: [put('a')] }),
      ]);
    expect(cycle('t1', 't2', [1, 2])).toMatchObject({ operations: ['t1', 't2'], revisions: [3, 4] });
    expect(cycle('t2', 't1', [1, 2])).toMatchObject({ operations: ['t2', 't1'] });
    expect(cycle('t1', 't2', [2, 1])).toMatchObject({ operations: ['t2', 't1'] });
    expect(cycle('t1', 't2', [1, 1])).toMatchObject({ operations: ['t1', 't2'] });
    expect(cycle('t2', 't1', [1, 1])).toMatchObject({ operations: ['t1', 't2'] });
  });

  it('the revision of an unanswered transaction that a read has shown', () => {
    const writer = lost(recordOf('w', { writes: [put('a', '1'), put('b', '1')] }));
    const finding = checkTransactions([
      writer,
      recordOf('r', { at: 3, reads: [{ ...sees('a', 3), value: '1' }, sees('b', 0)] }),
    ]);
    expect(finding).toMatchObject({ operations: ['r', 'w'].sort(), revisions: [3] });
    expect(finding).toMatchObject({ anomaly: { code: 'G-single', name: 'read skew' } });
  });

  it('a key of a range as such, unless it was read by its name, too', () => {
    const skew = (more: Partial<TransactionRecord>) =>
      checkTransactions([
        {
          ...recordOf('t1', { at: 3, reads: [sees('b', 0)], writes: [put('a')] }),
          ranges: [{ matches: (key) => key === 'b', found: [], snapshot: 2 }],
          ...more,
        },
        recordOf('t2', { at: 4, reads: [sees('a', 0)], writes: [put('b')] }),
        recordOf('t3', { at: 2, reads: [sees('b', 0)] }),
        recordOf('t4', { at: 9, writes: [put('c')] }),
      ]);
    expect(skew({})).toMatchObject({ anomaly: { code: 'G2-item', name: 'write skew' } });
    // It read another key by its name, and another transaction read this one.
    const ranged = skew({ reads: [sees('c', 0)] });
    expect(ranged).toMatchObject({ anomaly: { code: 'G2', name: 'write skew' } });
    expect(ranged).toMatchObject({ message: expect.stringMatching(/t1 read a range without b\b/) as string });
  });
});

describe('an unanswered deletion', () => {
  const deletes = (...keys: readonly string[]) =>
    lost(recordOf('d', { time: [1, 2], writes: keys.map(remove) }));
  const writes = recordOf('w', { at: 3, time: [1, 2], writes: [put('a'), put('b')] });
  const stale = recordOf('r', { at: 3, time: [5, 6], reads: [sees('a', 0)] });

  it('may explain that a key is absent, and then it is undecided', () => {
    const finding = checkTransactions([writes, deletes('b', 'a'), stale]);
    expect(finding).toMatchObject({ verdict: 'inconclusive' });
    if (finding.verdict === 'inconclusive')
      expect(finding.reason).toMatch(
        / b, a was deleted\b.*: stale read \(G-single, in real time\): r read a/,
      );
  });

  it('explains nothing about other keys, and needs not to have happened', () => {
    const skewed = recordOf('s', { at: 3, time: [5, 6], reads: [sees('b', 0)] });
    const finding = checkTransactions([writes, deletes('a'), stale, skewed]);
    expect(finding).toMatchObject({ verdict: 'violated', operations: ['w', 's'] });
    const right = recordOf('r', { at: 3, time: [5, 6], reads: [sees('a', 3)] });
    expect(checkTransactions([writes, deletes('a'), right])).toEqual(satisfied);
  });
});

describe('a read that found no key, and does not tell when', () => {
  /** So many keys, each put and deleted after the reader has returned. */
  function reader(keys: number): TransactionRecord[] {
    const names = Array.from({ length: keys }, (_, index) => `k${index}`);
    return [
      recordOf('r', { time: [1, 2], reads: names.map((key) => sees(key, 0)) }),
      recordOf('p', { at: 3, time: [3, 4], writes: names.map((key) => put(key)) }),
      ...names.map((key, index) =>
        recordOf(`d${key}`, { at: 4 + index, time: [5, 6], writes: [remove(key)] }),
      ),
    ];
  }

  it('may have seen any absence, also not the last one', () => {
    expect(checkTransactions(reader(1))).toEqual(satisfied);
    expect(checkTransactions(reader(9))).toEqual(satisfied);
  });

  it('may have seen a later absence than the last one at its revision', () => {
    const creates = recordOf('p', { at: 3, time: [1, 2], writes: [put('a')] });
    const reads = recordOf('r', { at: 4, time: [3, 9], reads: [sees('a', 0)] });
    const removes = (time: readonly [number, number]) =>
      recordOf('d', { at: 5, time, writes: [remove('a')] });
    expect(checkTransactions([creates, reads, removes([3, 9])])).toEqual(satisfied);
    expect(checkTransactions([creates, reads, removes([10, 11])])).toMatchObject({
      ...{ verdict: 'violated', operations: ['p', 'r'], anomaly: { name: 'stale read' } },
    });
  });

  it('is undecided after 256 graphs', () => {
    const finding = checkTransactions(reader(256));
    expect(finding).toMatchObject({ verdict: 'inconclusive' });
    if (finding.verdict === 'inconclusive') expect(finding.reason).toMatch(/^256 reads\b.* 256 graphs\b/);
  });

  it('is wrong if the key was there all the time', () => {
    const records = reader(1)
      .map((record) => (record.id === 'r' ? { ...record, invoke: 4.2, return: 4.8 } : record))
      .sort((one, other) => one.invoke - other.invoke);
    const finding = checkTransactions(records);
    // The last absence is refuted by the deletion after it, the first one by the put before it.
    expect(finding).toMatchObject({ verdict: 'violated', operations: ['r', 'dk0'], revisions: [4] });
    if (finding.verdict === 'violated') {
      expect(finding.message).toMatch(/ r read what dk0 had written to k0\b/);
      expect(finding.message).toMatch(/ r had returned before dk0\b/);
    }
  });

  it('does not excuse another that is wrong', () => {
    const wrong = [
      recordOf('w1', { at: 300, reads: [sees('z', 0)], writes: [put('z')] }),
      recordOf('w2', { at: 301, reads: [sees('z', 0)], writes: [put('z')] }),
    ];
    expect(checkTransactions([...reader(3), ...wrong])).toMatchObject({
      ...{ verdict: 'violated', operations: ['w1', 'w2'], anomaly: { name: 'lost update' } },
    });
  });
});
