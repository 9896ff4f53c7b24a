import { describe, expect, it } from 'vitest';
import { checkTransactions, type RangeRead, type TransactionRecord } from '../../sim/check/transactions.js';

interface Short {
  readonly at?: number;
  readonly reads?: Readonly<Record<string, number | readonly [number, string]>>;
  readonly puts?: Readonly<Record<string, string>>;
  readonly deletes?: readonly string[];
  readonly time?: readonly [number, number];
  readonly outcome?: TransactionRecord['outcome'];
}

function transaction(id: string, short: Short): TransactionRecord {
  const {
    at,
    reads = {},
    puts = {},
    deletes = [],
    time: [invoke, returned] = [0, 100],
    outcome = 'ok',
  } = short;
  return {
    id,
    outcome,
    invoke,
    return: returned,
    revision: at,
    reads: Object.entries(reads).map(([key, read]) =>
      typeof read === 'number' ? { key, modRevision: read } : { key, modRevision: read[0], value: read[1] },
    ),
    writes: [
      ...Object.entries(puts).map(([key, value]) => ({ key, kind: 'put' as const, value })),
      ...deletes.map((key) => ({ key, kind: 'delete' as const })),
    ],
  };
}

/** The keys under `r/`, read at a revision at which none existed. */
function range(snapshot: number): RangeRead {
  return { matches: (key) => key.startsWith('r/'), found: [], snapshot };
}

const setup = transaction('setup', { at: 2, puts: { a: '0', b: '0' }, time: [-2, -1] });

function judge(...records: readonly TransactionRecord[]) {
  return checkTransactions([setup, ...records]);
}

describe('the check of transactions accepts', () => {
  it('nothing at all', () => {
    expect(checkTransactions([])).toEqual({ verdict: 'satisfied' });
  });

  it('transactions that each read the previous one’s writes', () => {
    const finding = judge(
      transaction('t1', { at: 3, reads: { a: 2 }, puts: { a: '1' } }),
      transaction('t2', { at: 4, reads: { a: [3, '1'], b: 2 }, puts: { b: '1' } }),
      transaction('t3', { at: 4, reads: { a: 3, b: 4 } }),
    );
    expect(finding).toEqual({ verdict: 'satisfied' });
  });

  it('an unanswered transaction that none saw, and one whose write was read', () => {
    const lost = transaction('t1', { puts: { a: '1' }, outcome: 'indefinite' });
    expect(judge(lost)).toEqual({ verdict: 'satisfied' });
    expect(judge(lost, transaction('t2', { at: 3, reads: { a: [3, '1'] } }))).toEqual({
      verdict: 'satisfied',
    });
  });

  it('that a key was absent before it was created, and again after it was deleted', () => {
    const finding = judge(
      transaction('t1', { at: 2, reads: { c: 0 }, time: [1, 2] }),
      transaction('t2', { at: 3, puts: { c: '1' }, time: [3, 4] }),
      transaction('t3', { at: 4, reads: { c: 3 }, deletes: ['c'], time: [5, 6] }),
      transaction('t4', { at: 4, reads: { c: 0 }, time: [7, 8] }),
    );
    expect(finding).toEqual({ verdict: 'satisfied' });
  });
});

describe('the check of transactions names', () => {
  const cases: readonly (readonly [
    string,
    string,
    string,
    readonly TransactionRecord[],
    readonly string[],
  ])[] = [
    [
      'a lost update',
      'G-single',
      'lost update (G-single): t2 read a as it was before t1 wrote it, and t1 wrote a before t2 did',
      [
        transaction('t1', { at: 3, reads: { a: 2 }, puts: { a: '1' } }),
        transaction('t2', { at: 4, reads: { a: 2 }, puts: { a: '2' } }),
      ],
      ['t1', 't2'],
    ],
    [
      'a lost update with others in between',
      'G-single',
      'lost update (G-single): t3 read a as it was before t1 wrote it, and t1 wrote a before t3 did',
      [
        transaction('t1', { at: 3, reads: { a: 2 }, puts: { a: '1' } }),
        transaction('t2', { at: 4, reads: { a: 3 }, puts: { a: '2' } }),
        transaction('t3', { at: 5, reads: { a: 2 }, puts: { a: '3' } }),
      ],
      ['t1', 't3'],
    ],
    [
      'a write skew',
      'G2-item',
      'write skew (G2-item): t2 read a as it was before t1 wrote it, and t1 read b as it was before t2 wrote it',
      [
        transaction('t1', { at: 3, reads: { a: 2, b: 2 }, puts: { a: '1' } }),
        transaction('t2', { at: 4, reads: { a: 2, b: 2 }, puts: { b: '1' } }),
      ],
      ['t1', 't2'],
    ],
    [
      'a write skew over ranges, in which neither found what the other put there',
      'G2',
      'write skew (G2): t2 read a range without r/1 before t1 wrote it, and t1 read a range without r/2 before t2 wrote it',
      [
        { ...transaction('t1', { at: 3, puts: { 'r/1': '1' } }), ranges: [range(2)] },
        { ...transaction('t2', { at: 4, puts: { 'r/2': '1' } }), ranges: [range(2)] },
      ],
      ['t1', 't2'],
    ],
    [
      'a range that has one of the keys that were put together, and not the other',
      'G-single',
      'read skew (G-single): t2 read a range without r/2 before t1 wrote it, and t2 read what t1 had written to r/1',
      [
        transaction('t1', { at: 3, puts: { 'r/1': '1', 'r/2': '1' } }),
        {
          ...transaction('t2', { at: 3 }),
          ranges: [{ ...range(2), found: [{ key: 'r/1', modRevision: 3, value: '1' }] }],
        },
      ],
      ['t1', 't2'],
    ],
    [
      'a stale read',
      'G-single',
      'stale read (G-single, in real time): t2 read a as it was before t1 wrote it, and t1 had returned before t2 was invoked',
      [
        transaction('t1', { at: 3, puts: { a: '1' }, time: [1, 2] }),
        transaction('t2', { at: 2, reads: { a: 2 }, time: [3, 4] }),
      ],
      ['t1', 't2'],
    ],
    [
      'a read skew',
      'G-single',
      'read skew (G-single): t2 read b as it was before t1 wrote it, and t2 read what t1 had written to a',
      [
        transaction('t1', { at: 3, puts: { a: '1', b: '1' } }),
        transaction('t2', { at: 3, reads: { a: 3, b: 2 } }),
      ],
      ['t1', 't2'],
    ],
    [
      'a circular flow of information',
      'G1c',
      'circular information flow (G1c): t2 read what t1 had written to a, and t1 read what t2 had written to b',
      [
        transaction('t1', { at: 3, reads: { b: 4 }, puts: { a: '1' } }),
        transaction('t2', { at: 4, reads: { a: 3 }, puts: { b: '1' } }),
      ],
      ['t1', 't2'],
    ],
    [
      'overwrites against real time',
      'G0',
      'dirty write (G0, in real time): t2 had returned before t1 was invoked, and t1 wrote a before t2 did',
      [
        transaction('t2', { at: 4, puts: { a: '2' }, time: [1, 2] }),
        transaction('t1', { at: 3, puts: { a: '1' }, time: [3, 4] }),
      ],
      ['t2', 't1'],
    ],
    [
      'an aborted read',
      'G1a',
      'aborted read (G1a): t2 read a = 1 of revision 3, which t1 wrote, but t1 failed',
      [
        transaction('t1', { puts: { a: '1' }, outcome: 'failed' }),
        transaction('t2', { at: 3, reads: { a: [3, '1'] } }),
      ],
      ['t1', 't2'],
    ],
    [
      'an intermediate read',
      'G1b',
      'intermediate read (G1b): t2 read a = 1 of revision 3, which t1 overwrote itself',
      [
        {
          ...transaction('t1', { at: 3 }),
          writes: [{ key: 'a', kind: 'put', value: '2', intermediate: ['1'] }],
        },
        transaction('t2', { at: 3, reads: { a: [3, '1'] } }),
      ],
      ['t1', 't2'],
    ],
    [
      'a read of what nobody wrote',
      'phantom',
      'phantom read (phantom): t1 read a = 7 of revision 3, which nobody wrote',
      [transaction('t1', { at: 3, reads: { a: [3, '7'] } })],
      ['t1'],
    ],
    [
      'a read of other than what was written',
      'garbage',
      'garbage read (garbage): t1 read a = 7 of revision 2, where setup had put 0',
      [transaction('t1', { at: 2, reads: { a: [2, '7'] } })],
      ['setup', 't1'],
    ],
  ];

  it.each(cases)('%s', (_, code, message, records, operations) => {
    const finding = judge(...records);
    expect(finding).toMatchObject({ verdict: 'violated', anomaly: { code } });
    if (finding.verdict !== 'violated') return;
    const [told, clauses] = [finding.message.split(': '), message.split(': ')];
    // A cycle may begin at any of its transactions.
    expect(told[0]).toBe(clauses[0]);
    expect(told[1]?.split(', and ').sort()).toEqual(clauses[1]?.split(', and ').sort());
    expect(finding.operations).toEqual(operations);
  });

  it('the most telling one of several: the lost update, and not the skewed or stale read', () => {
    const lost = [
      transaction('t1', { at: 3, reads: { a: 2 }, puts: { a: '1' } }),
      transaction('t2', { at: 4, reads: { a: 2 }, puts: { a: '2' } }),
    ];
    const skewed = [
      transaction('t3', { at: 5, reads: { b: 2 }, puts: { c: '1' } }),
      transaction('t4', { at: 6, reads: { c: 0 }, puts: { b: '1' } }),
    ];
    const stale = transaction('t5', { at: 6, reads: { b: 2 }, time: [200, 300] });
    const circular = [
      transaction('t6', { at: 7, reads: { e: 8 }, puts: { d: '1' } }),
      transaction('t7', { at: 8, reads: { d: 7 }, puts: { e: '1' } }),
    ];
    const aborted = [
      transaction('t8', { puts: { f: '1' }, outcome: 'failed' }),
      transaction('t9', { at: 9, reads: { f: [9, '1'] } }),
    ];
    const nameOf = (...records: readonly TransactionRecord[]) => {
      const finding = judge(...records);
      return finding.verdict === 'violated' ? finding.anomaly.name : finding.verdict;
    };
    expect(nameOf(stale, ...skewed)).toBe('write skew');
    expect(nameOf(stale, ...skewed, ...lost)).toBe('lost update');
    expect(nameOf(stale, ...skewed, ...lost, ...circular)).toBe('circular information flow');
    expect(nameOf(stale, ...skewed, ...lost, ...circular, ...aborted)).toBe('aborted read');
  });

  it('three anti-dependencies in a circle as such', () => {
    const finding = judge(
      transaction('t0', { at: 3, puts: { c: '0' } }),
      transaction('t1', { at: 4, reads: { a: 2 }, puts: { c: '1' } }),
      transaction('t2', { at: 5, reads: { b: 2 }, puts: { a: '1' } }),
      transaction('t3', { at: 6, reads: { c: 3 }, puts: { b: '1' } }),
    );
    expect(finding).toMatchObject({
      verdict: 'violated',
      anomaly: { code: 'G2-item', name: 'cycle of anti-dependencies', realTime: false },
      operations: ['t1', 't2', 't3'],
      revisions: [4, 5, 6],
    });
  });
});

describe('the check of transactions is inconclusive', () => {
  it('if two report that they wrote one revision', () => {
    const finding = judge(
      transaction('t1', { at: 3, puts: { a: '1' } }),
      transaction('t2', { at: 3, puts: { a: '2' } }),
    );
    expect(finding).toEqual({
      verdict: 'inconclusive',
      reason: 't1 and t2 both claim to have written a at 3',
    });
  });

  it('if one is ok and its revision is unknown', () => {
    expect(judge(transaction('t1', { puts: { a: '1' } }))).toEqual({
      verdict: 'inconclusive',
      reason: 't1 is ok, but its revision is unknown',
    });
  });

  it('if an unanswered deletion may explain it', () => {
    const finding = judge(
      transaction('t1', { deletes: ['a'], outcome: 'indefinite' }),
      transaction('t2', { at: 2, reads: { a: 0 }, time: [3, 4] }),
    );
    expect(finding).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('the check of transactions finds', () => {
  /** Ten clients in turn; each transaction reads two of a hundred keys and writes one of them. */
  function long(count: number, spoilt: ReadonlyMap<number, number>): TransactionRecord[] {
    const versions = new Map<string, number>();
    return Array.from({ length: count }, (_, index) => {
      const keys = [`k${(index * 7) % 100}`, `k${(index * 13 + 1) % 100}`];
      const [key = ''] = keys;
      const reads = keys.map((one) => ({
        key: one,
        modRevision: spoilt.get(index) ?? versions.get(one) ?? 0,
      }));
      const revision = index + 2;
      versions.set(key, revision);
      const time = { invoke: index * 10, return: index * 10 + 95 };
      return { id: `t${index}`, outcome: 'ok', revision, reads, writes: [{ key, kind: 'put' }], ...time };
    });
  }

  it('the one violation at the end of a long history, in two transactions', () => {
    expect(checkTransactions(long(20_000, new Map()))).toEqual({ verdict: 'satisfied' });
    // k0 is written by every hundredth; the last of them misses the previous one.
    const finding = checkTransactions(long(20_000, new Map([[19_900, 19_702]])));
    expect(finding.verdict).toBe('violated');
    if (finding.verdict === 'violated') expect(finding.operations).toHaveLength(1);
  });
});
