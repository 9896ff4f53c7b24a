/** Which transactions happened, who wrote the versions that were read, and which version each read saw. */
import { describe, expect, it } from 'vitest';
import { checkTransactions, type TransactionRecord } from '../../../sim/check/transactions.js';
import { resolveReads, withFoundInRanges } from '../../../sim/check/transactions/reads.js';
import { readVersions } from '../../../sim/check/transactions/versions.js';
import { committed, recordOf, versionsOf } from '../transaction-graphs.js';

const put = (key: string, value?: string) => ({ key, kind: 'put' as const, value });
const remove = (key: string) => ({ key, kind: 'delete' as const });
const satisfied = { verdict: 'satisfied' };

/** The verdict, the operations that it names, and the message behind the name of the anomaly. */
function violationOf(...records: readonly TransactionRecord[]) {
  const finding = checkTransactions(records);
  if (finding.verdict !== 'violated') throw new Error(`expected a violation, got ${finding.verdict}`);
  const { anomaly, operations, revisions, message } = finding;
  return [`${anomaly.code}, ${anomaly.name}`, operations, revisions, message.replace(/^.*?: /, '')] as const;
}

function versionsIn(...records: readonly TransactionRecord[]) {
  const versions = readVersions(records);
  if (versions.kind === 'finding') throw new Error(`expected versions, got ${JSON.stringify(versions)}`);
  return versions;
}

function problemIn(...records: readonly TransactionRecord[]) {
  const versions = readVersions(records);
  if (versions.kind === 'versions' || versions.finding.verdict !== 'inconclusive') return versions.kind;
  return versions.finding.reason;
}

const ends = (record: TransactionRecord, outcome: TransactionRecord['outcome']) => ({ ...record, outcome });

describe('a transaction happened', () => {
  const names = (...records: readonly TransactionRecord[]) =>
    versionsIn(...records).transactions.map(({ record, revision }) => `${record.id} ${revision}`);

  it('if it is ok, or its revision is known, and not if it failed or only read without an answer', () => {
    const read = recordOf('read', { reads: [{ key: 'a', modRevision: 0 }] });
    const write = recordOf('write', { at: 3, writes: [put('a')] });
    const lost = recordOf('lost', { writes: [put('b', '1')] });
    expect(names(read, write)).toEqual(['read undefined', 'write 3']);
    expect(names(ends(read, 'indefinite'), ends(write, 'indefinite'))).toEqual(['write 3']);
    expect(names(ends(read, 'failed'), ends(lost, 'failed'), ends(lost, 'indefinite'))).toEqual([]);
    // Its write is in the log after all; one that only read shows nothing.
    expect(names(ends(write, 'failed'), ends({ ...read, revision: 3 }, 'failed'))).toEqual(['write 3']);
  });

  it('if what it wrote was read, by one of which the same may be true', () => {
    const first = ends(recordOf('first', { writes: [put('a', '1')] }), 'indefinite');
    const second = ends(
      recordOf('second', {
        writes: [put('b', '2')],
        reads: [{ key: 'a', modRevision: 3, value: '1' }],
      }),
      'indefinite',
    );
    const reader = recordOf('reader', { at: 4, reads: [{ key: 'b', modRevision: 4, value: '2' }] });
    expect(names(first, second)).toEqual([]);
    expect(names(first, second, reader)).toEqual(['reader 4', 'second 4', 'first 3']);
  });

  it('until its return if it is ok, and otherwise perhaps later', () => {
    const write = recordOf('write', { at: 3, time: [1, 2], writes: [put('a')] });
    expect(versionsIn(write).transactions[0]?.return).toBe(2);
    expect(versionsIn(ends(write, 'indefinite')).transactions[0]?.return).toBe(Infinity);
  });
});

describe('the versions of a key', () => {
  it('are in the order of their revisions, each with its writer', () => {
    const { keys, perhapsDeleted } = versionsIn(
      recordOf('late', { at: 9, writes: [put('a', '9'), put('b', '9')] }),
      recordOf('early', { at: 3, writes: [put('a', '3')] }),
      recordOf('middle', { at: 5, writes: [remove('a')] }),
    );
    expect(keys.get('a')).toEqual({
      ...{ key: 'a', revisions: [3, 5, 9], writers: [1, 2, 0] },
      writes: [put('a', '3'), remove('a'), put('a', '9')],
    });
    expect(keys.get('b')).toMatchObject({ revisions: [9], writers: [0] });
    expect(perhapsDeleted).toEqual(new Set());
  });

  it('are unknown where two claim the same, or where an ok one has no revision', () => {
    const write = (id: string, at?: number) =>
      recordOf(id, { writes: [put('a', id)], ...(at === undefined ? {} : { at }) });
    expect(problemIn(write('w1', 3), write('w2', 3))).toMatch(/^w1 and w2\b.* a at 3$/);
    expect(problemIn(write('w1', 3), write('w2'))).toMatch(/^w2 is ok\b.*unknown/);
    const reader = recordOf('r', { at: 3, reads: [{ key: 'a', modRevision: 3, value: 'w2' }] });
    expect(problemIn(write('w2'), reader)).toBe('versions');
    // The reader shows that the second wrote at 3, where the first wrote.
    const first = recordOf('w1', { at: 3, writes: [put('b')] });
    const both = recordOf('w2', { writes: [put('a', 'w2'), put('b')] });
    expect(problemIn(first, both, reader)).toMatch(/^w1 and w2\b.* b at 3$/);
  });

  it('may end in a deletion by one that is not known to have happened', () => {
    const deletes = ends(recordOf('d', { writes: [remove('a'), put('b', '1')] }), 'indefinite');
    const puts = ends(recordOf('p', { writes: [put('c')] }), 'indefinite');
    expect(versionsIn(deletes, puts).perhapsDeleted).toEqual(new Set(['a']));
    const reader = recordOf('r', { at: 3, reads: [{ key: 'b', modRevision: 3, value: '1' }] });
    expect(versionsIn(deletes, puts, reader).perhapsDeleted).toEqual(new Set());
  });
});

describe('the writer of a version that was read', () => {
  const reader = recordOf('r', { at: 9, reads: [{ key: 'a', modRevision: 3, value: '1' }] });
  const unknown = recordOf('r', { at: 9, reads: [{ key: 'a', modRevision: 3 }] });
  const lost = (id: string, ...writes: TransactionRecord['writes']) =>
    ends(recordOf(id, { writes }), 'indefinite');
  const writerOf = (...records: readonly TransactionRecord[]) =>
    versionsIn(...records).transactions.find(({ revision }) => revision === 3)?.record.id;

  it('is the one without a revision that put this value, or may have put it', () => {
    const other = lost('other', put('a', '2'));
    expect(writerOf(other, lost('w', put('a', '1')), reader)).toBe('w');
    expect(writerOf(other, lost('w', put('a')), reader)).toBe('w');
    expect(writerOf(lost('w', put('a', '1')), unknown)).toBe('w');
    expect(writerOf(lost('w', put('b', '1'), put('a', '1')), lost('v', put('b', '1')), reader)).toBe('w');
  });

  it('is undecided if two may have put it', () => {
    const two = [lost('w1', put('a', '1')), lost('w2', put('a'))];
    expect(problemIn(...two, reader)).toMatch(/^r read a of revision 3\b.* w1 or w2\b/);
    // The first of them wrote another version.
    const earlier = recordOf('e', { at: 8, reads: [{ key: 'b', modRevision: 2 }] });
    const first = lost('w1', put('a', '1'), put('b', '1'));
    expect(writerOf(first, lost('w2', put('a')), earlier, reader)).toBe('w2');
  });

  it('is none of those that deleted the key, put another key, or read it themselves', () => {
    const phantom = ['phantom, phantom read', ['r'], []] as const;
    const what = (...records: readonly TransactionRecord[]) => violationOf(...records).slice(0, 3);
    expect(what(lost('w', remove('a')), reader)).toEqual(phantom);
    expect(what(lost('w', put('b', '1')), reader)).toEqual(phantom);
    expect(what(lost('w', put('a', '2')), reader)).toEqual(phantom);
    expect(what({ ...lost('r', put('a', '1')), reads: reader.reads, outcome: 'ok', revision: 9 })).toEqual([
      ...phantom.slice(0, 2),
      [9],
    ]);
    expect(violationOf(reader)[3]).toMatch(/^r read a = 1 of revision 3\b.*nobody wrote/);
    expect(violationOf(unknown)[3]).toMatch(/^r read a of revision 3\b.*nobody wrote/);
  });

  it('failed, or overwrote the value itself', () => {
    const failed = ends(recordOf('f', { writes: [put('a', '1')] }), 'failed');
    const others = [
      ends(recordOf('f2', { writes: [put('a', '2')] }), 'failed'),
      ends(recordOf('f3', { writes: [put('b', '1')] }), 'failed'),
      ends(recordOf('f4', { writes: [put('a')] }), 'failed'),
    ];
    const aborted = violationOf(...others, failed, reader);
    expect(aborted).toEqual([
      ...['G1a, aborted read', ['f', 'r'], []],
      expect.stringMatching(/^r read a = 1 of revision 3\b.* f wrote\b.* f failed/),
    ]);
    // A read without a value shows nothing about them.
    expect(violationOf(...others, unknown)[0]).toBe('phantom, phantom read');
    const between = (id: string, key: string, at: number) =>
      recordOf(id, { at, writes: [{ ...put(key, '2'), intermediate: ['0', '1'] }] });
    expect(violationOf(between('b0', 'b', 4), between('b1', 'a', 5), reader)).toEqual([
      ...['G1b, intermediate read', ['b1', 'r'], [5]],
      expect.stringMatching(/^r read a = 1 of revision 3\b.* b1 overwrote/),
    ]);
    expect(violationOf(between('b0', 'b', 4), between('b1', 'a', 5), unknown)[0]).toBe(
      'phantom, phantom read',
    );
  });
});

describe('a read of a version whose writer is known', () => {
  const writer = (...writes: TransactionRecord['writes']) => recordOf('w', { at: 3, writes });
  const reads = (value?: string) => recordOf('r', { at: 3, reads: [{ key: 'a', modRevision: 3, value }] });

  it('is right if the value is the written one, or one of them is unknown', () => {
    expect(checkTransactions([writer(put('a', '1')), reads('1')])).toEqual(satisfied);
    expect(checkTransactions([writer(put('a')), reads('1')])).toEqual(satisfied);
    expect(checkTransactions([writer(put('a', '1')), reads()])).toEqual(satisfied);
    const restored = writer({ ...put('a', '1'), intermediate: ['1', '2'] });
    expect(checkTransactions([restored, reads('1')])).toEqual(satisfied);
    expect(checkTransactions([restored, reads()])).toEqual(satisfied);
  });

  it('is wrong if the writer failed, deleted the key, put another value, or overwrote that one itself', () => {
    expect(violationOf(ends(writer(put('a', '1')), 'failed'), reads('1'))).toEqual([
      ...['G1a, aborted read', ['w', 'r'], [3]],
      expect.stringMatching(/^r read a = 1 of revision 3\b.* w wrote\b.* w failed/),
    ]);
    expect(violationOf(ends(writer(put('a')), 'failed'), reads())[3]).toMatch(/^r read a of revision 3\b/);
    expect(violationOf(writer(remove('a')), reads('1'))).toEqual([
      ...['garbage, garbage read', ['w', 'r'], [3]],
      expect.stringMatching(/^r read a = 1 of revision 3\b.* w had deleted/),
    ]);
    expect(violationOf(writer(put('a', '2')), reads('1'))).toEqual([
      ...['garbage, garbage read', ['w', 'r'], [3]],
      expect.stringMatching(/^r read a = 1 of revision 3\b.* w had put 2$/),
    ]);
    expect(violationOf(writer({ ...put('a', '2'), intermediate: ['1'] }), reads('1'))).toEqual([
      ...['G1b, intermediate read', ['w', 'r'], [3]],
      expect.stringMatching(/^r read a = 1 of revision 3\b.* w overwrote/),
    ]);
  });
});

describe('a read that found no key', () => {
  /** Put at 3 and 7, deleted at 5 and 9. */
  const life = (key = 'a') => ({
    ...versionsOf(key, [3, 1], [5, 2], [7, 3], [9, 4]),
    writes: [put(key), remove(key), put(key), remove(key)],
  });
  const writers = ['w1', 'w2', 'w3', 'w4'].map((id) => committed(id));
  const absence = (told: { at?: number; snapshot?: number }, reader = committed('r')) => {
    const one = { key: 'a', modRevision: 0, snapshot: told.snapshot };
    const revision = told.at ?? reader.revision;
    const transactions = [{ ...reader, revision, record: { ...reader.record, reads: [one] } }, ...writers];
    return resolveReads(transactions, new Map([['a', life()]]), new Set());
  };

  it('most likely saw the last absence at its revision, and perhaps another', () => {
    const likely = (at?: number) => {
      const found = absence(at === undefined ? {} : { at });
      if (found.kind === 'finding') throw new Error('expected a read');
      return found.reads.map(({ reader, version, others }) => [reader, version, ...others]);
    };
    expect(likely(2)).toEqual([[0, -1, 1, 3]]);
    expect(likely(4)).toEqual([[0, -1, 1, 3]]);
    expect(likely(5)).toEqual([[0, 1, -1, 3]]);
    expect(likely(8)).toEqual([[0, 1, -1, 3]]);
    expect(likely(9)).toEqual([[0, 3, -1, 1]]);
    expect(likely()).toEqual([[0, 3, -1, 1]]);
  });

  it('saw the absence at the revision of the reply’s header', () => {
    const read = { reader: 0, others: [], isAbsentFromRange: false };
    const at = (snapshot: number) => absence({ snapshot });
    expect(at(2)).toMatchObject({ kind: 'reads', reads: [{ ...read, version: -1 }] });
    expect(at(5)).toMatchObject({ kind: 'reads', reads: [{ ...read, version: 1 }] });
    expect(at(6)).toMatchObject({ kind: 'reads', reads: [{ ...read, version: 1 }] });
    expect(at(20)).toMatchObject({ kind: 'reads', reads: [{ ...read, version: 3 }] });
  });

  it('is wrong if the key existed at the revision of the reply’s header', () => {
    const writes = [
      recordOf('w', { at: 3, writes: [put('a', '1')] }),
      recordOf('d', { at: 5, writes: [remove('a')] }),
    ];
    const found = (snapshot: number) =>
      recordOf('r', { at: 4, reads: [{ key: 'a', modRevision: 0, snapshot }] });
    expect(violationOf(...writes, found(4))).toEqual([
      ...['garbage, garbage read', ['w', 'r'], [3]],
      expect.stringMatching(/^r found no a at revision 4\b.* 3$/),
    ]);
    expect(checkTransactions([...writes, found(4)])).toMatchObject({ anomaly: { realTime: false } });
    const range = { matches: () => true, found: [], snapshot: 4 };
    expect(violationOf(...writes, { ...recordOf('r', { at: 4 }), ranges: [range] })[3]).toMatch(
      /^r found no a at revision 4\b/,
    );
  });

  it('did not see what its own transaction wrote then', () => {
    const creates = (key: string, snapshot: number) =>
      recordOf('c', { at: 5, writes: [put(key)], reads: [{ key, modRevision: 0, snapshot }] });
    expect(checkTransactions([creates('a', 5)])).toEqual(satisfied);
    const before = recordOf('w', { at: 3, writes: [put('a')] });
    expect(violationOf(before, creates('a', 5)).slice(0, 3)).toEqual([
      ...['garbage, garbage read', ['w', 'c'], [3, 5]],
    ]);
    const own = resolveReads(
      [committed('r', { at: 9, reads: [{ key: 'a', modRevision: 0 }] }), ...writers],
      new Map([['a', { ...life(), writers: [1, 0, 3, 4] }]]),
      new Set(),
    );
    expect(own).toMatchObject({ reads: [{ version: 3, others: [-1] }] });
  });

  it('proves nothing for a key that was never written, or perhaps deleted', () => {
    const reader = committed('r', {
      at: 9,
      reads: [
        { key: 'a', modRevision: 0 },
        { key: 'b', modRevision: 0 },
        { key: 'c', modRevision: 0 },
      ],
    });
    const keys = new Map(['a', 'b'].map((key) => [key, life(key)]));
    const ranges = [{ matches: (key: string) => key !== 'd', found: [] }];
    const seen = (transaction: typeof reader) => {
      const found = resolveReads([transaction, ...writers], keys, new Set(['b']));
      if (found.kind === 'finding') throw new Error('expected reads');
      return found.reads.map(({ versions, isAbsentFromRange }) => `${versions.key} ${isAbsentFromRange}`);
    };
    expect(seen(reader)).toEqual(['a false']);
    expect(seen({ ...reader, record: { ...reader.record, reads: [], ranges } })).toEqual(['a true']);
  });

  it('in a range concerns the keys that match it and were not found', () => {
    const keys = new Map(['a', 'b', 'c'].map((key) => [key, life(key)]));
    const found = [{ key: 'a', modRevision: 3 }];
    const record = withFoundInRanges({
      ...recordOf('r', { at: 5, reads: [{ key: 'c', modRevision: 7 }] }),
      ranges: [{ matches: (key) => key !== 'c', found, snapshot: 5 }],
    });
    expect(record.reads).toEqual([{ key: 'c', modRevision: 7 }, ...found]);
    const reads = resolveReads([{ record, revision: 5, return: 100 }, ...writers], keys, new Set());
    expect(reads).toMatchObject({
      reads: [
        { versions: { key: 'c' }, version: 2, isAbsentFromRange: false },
        { versions: { key: 'a' }, version: 0, isAbsentFromRange: false },
        { versions: { key: 'b' }, version: 1, isAbsentFromRange: true },
      ],
    });
  });
});
