/** The order by revisions that explains most histories, and what a cycle is called where none does. */
import { describe, expect, it } from 'vitest';
import { anomalyOf, contradicts, tell, type Witness } from '../../../sim/check/transactions/anomaly.js';
import type { Step } from '../../../sim/check/transactions/cycle.js';
import { isOrderedByRevision } from '../../../sim/check/transactions/fast-path.js';
import { committed, recordOf, versionsOf } from '../transaction-graphs.js';

const put = (key: string) => ({ key, kind: 'put' as const });

describe('the order of revisions explains', () => {
  const writer = (at: number, time: readonly [number, number] = [0, 100]) =>
    committed(`w${at}`, { at, time, writes: [put('a')] });
  const reader = (at: number, time: readonly [number, number] = [0, 100]) =>
    committed(`r${at}`, { at, time });
  /** Of the key a, which the transactions 0 and 1 wrote at 3 and 5. */
  const read = (who: number, version: number) => ({
    ...{ reader: who, version, versions: versionsOf('a', [3, 0], [5, 1]) },
    ...{ isAbsentFromRange: false, others: [] },
  });
  const writers = [writer(3), writer(5)];

  it('nothing at all', () => {
    expect(isOrderedByRevision([], [])).toBe(true);
  });

  it('reads of the last version at the reader’s revision, of neither an older nor a newer one', () => {
    const versionsSeen = (at: number) =>
      [-1, 0, 1].filter((version) => isOrderedByRevision([...writers, reader(at)], [read(2, version)]));
    expect(versionsSeen(2)).toEqual([-1]);
    expect(versionsSeen(3)).toEqual([0]);
    expect(versionsSeen(4)).toEqual([0]);
    expect(versionsSeen(5)).toEqual([1]);
    expect(versionsSeen(9)).toEqual([1]);
  });

  it('reads of a writer before its own write, and of no other version', () => {
    const versionsSeen = (who: number) =>
      [-1, 0, 1].filter((version) => isOrderedByRevision(writers, [read(who, version)]));
    expect(versionsSeen(0)).toEqual([-1]);
    expect(versionsSeen(1)).toEqual([0]);
  });

  it('no transaction of unknown revision', () => {
    expect(isOrderedByRevision([writer(3), committed('t')], [])).toBe(false);
  });

  it('transactions that overlap, and those that were invoked after all earlier ones', () => {
    expect(isOrderedByRevision([writer(3, [1, 2]), writer(4, [3, 4])], [])).toBe(true);
    expect(isOrderedByRevision([writer(3, [2, 4]), writer(4, [1, 3])], [])).toBe(true);
    expect(isOrderedByRevision([writer(3, [3, 4]), writer(4, [1, 2])], [])).toBe(false);
    // A return and an invocation at one moment are no order.
    expect(isOrderedByRevision([writer(3, [2, 4]), writer(4, [1, 2])], [])).toBe(true);
  });

  it('readers of one revision in any order among themselves, and after its writer', () => {
    expect(isOrderedByRevision([reader(3, [5, 6]), reader(3, [1, 2])], [])).toBe(true);
    expect(isOrderedByRevision([writer(3, [5, 6]), reader(3, [1, 2])], [])).toBe(false);
    expect(isOrderedByRevision([writer(4, [1, 2]), reader(3, [5, 6])], [])).toBe(false);
  });

  it('nothing that ended before the latest invocation of all earlier ones, not only of the last', () => {
    const orders = (...times: readonly (readonly [number, number])[]) =>
      isOrderedByRevision(
        times.map((time, index) => writer(3 + index, time)),
        [],
      );
    expect(orders([6, 9], [1, 8], [2, 7])).toBe(true);
    expect(orders([6, 9], [1, 8], [2, 5])).toBe(false);
    expect(orders([1, 8], [6, 9], [2, 5])).toBe(false);
    // Of two readers of one revision the later invocation counts.
    const both = [reader(3, [6, 9]), reader(3, [1, 9])];
    expect(isOrderedByRevision([...both, writer(4, [2, 5])], [])).toBe(false);
    expect(isOrderedByRevision([...both.toReversed(), writer(4, [2, 5])], [])).toBe(false);
    expect(isOrderedByRevision([...both, writer(4, [2, 7])], [])).toBe(true);
  });
});

describe('a cycle', () => {
  const ww = (key: string): Step => ({ from: 0, to: 1, kind: 'ww', key });
  const wr = (key: string): Step => ({ from: 0, to: 1, kind: 'wr', key });
  const rw = (key: string): Step => ({ from: 0, to: 1, kind: 'rw', key });
  const range = (key: string): Step => ({ ...rw(key), isOfRange: true });
  const time: Step = { from: 0, to: 1, kind: 'real-time', key: '' };

  it.each<[string, string, readonly Step[]]>([
    ['G0', 'dirty write', [ww('a'), ww('b')]],
    ['G0', 'dirty write', [ww('a'), time]],
    ['G1c', 'circular information flow', [ww('a'), wr('b')]],
    ['G1c', 'circular information flow', [wr('a'), time]],
    ['G-single', 'lost update', [rw('a'), ww('a')]],
    ['G-single', 'lost update', [ww('a'), rw('a')]],
    ['G-single', 'read skew', [rw('a'), ww('b')]],
    ['G-single', 'read skew', [rw('a'), ww('a'), ww('b')]],
    ['G-single', 'read skew', [rw('a'), wr('a')]],
    ['G-single', 'stale read', [rw('a'), time]],
    ['G-single', 'stale read', [rw('a'), ww('a'), time]],
    ['G2-item', 'write skew', [rw('a'), rw('b')]],
    ['G2-item', 'cycle of anti-dependencies', [rw('a'), rw('a')]],
    ['G2-item', 'cycle of anti-dependencies', [rw('a'), rw('b'), ww('c')]],
    ['G2-item', 'cycle of anti-dependencies', [rw('a'), time, rw('b')]],
    ['G2', 'write skew', [rw('a'), range('b')]],
    ['G2', 'cycle of anti-dependencies', [range('a'), rw('b'), rw('c')]],
  ])('%s is called %s: %j', (code, name, cycle) => {
    expect(anomalyOf(cycle)).toEqual({ code, name, realTime: cycle.includes(time) });
  });

  it('names each transaction, its key, and the one that came after it', () => {
    const told = (step: Step) => tell([step], (transaction) => `t${transaction}`);
    expect(told(ww('a'))).toMatch(/^t0 wrote a before t1/);
    expect(told(wr('a'))).toMatch(/^t1 read .* t0 .* a$/);
    expect(told(rw('a'))).toMatch(/^t0 read a .* before t1 wrote/);
    expect(told(range('a'))).toMatch(/^t0 read a range without a before t1 wrote/);
    expect(told(time)).toMatch(/^t0 had returned before t1/);
    expect(tell([ww('a'), time], String)).toMatch(/^0 wrote a before 1 did, and 0 had returned/);
  });
});

describe('transactions contradict each other', () => {
  interface Told {
    readonly at?: number;
    readonly writes?: string;
    readonly reads?: readonly [string, number];
    readonly time?: readonly [number, number];
  }

  const witness = (id: string, { at, writes, reads, time = [0, 100] }: Told): Witness => ({
    record: recordOf(id, { time, writes: writes === undefined ? [] : [put(writes)] }),
    revision: at,
    return: time[1],
    reads: reads === undefined ? [] : [{ key: reads[0], revision: reads[1] }],
  });

  it('not if there are none, or one', () => {
    expect(contradicts([])).toBe(false);
    expect(contradicts([witness('t', { at: 3, writes: 'a', reads: ['a', 3] })])).toBe(false);
  });

  // The other returned before the one was invoked, so that the one must not precede it in any other way.
  it.each<[string, boolean, Told, Told]>([
    ['it wrote an earlier version', true, { at: 3, writes: 'a' }, { at: 4, writes: 'a' }],
    ['it wrote the same version', false, { at: 3, writes: 'a' }, { at: 3, writes: 'a' }],
    ['it wrote a later version', false, { at: 4, writes: 'a' }, { at: 3, writes: 'a' }],
    ['it wrote an earlier version of another key', false, { at: 3, writes: 'a' }, { at: 4, writes: 'b' }],
    ['its revision is unknown', false, { writes: 'a' }, { at: 4, writes: 'a' }],
    ['the other’s revision is unknown', false, { at: 3, writes: 'a' }, { writes: 'a' }],
    ['the other read what it wrote', true, { at: 3, writes: 'a' }, { at: 3, reads: ['a', 3] }],
    ['the other read a later version', true, { at: 3, writes: 'a' }, { at: 4, reads: ['a', 4] }],
    ['the other read an earlier version', false, { at: 3, writes: 'a' }, { at: 4, reads: ['a', 2] }],
    ['the other read another key', false, { at: 3, writes: 'a' }, { at: 4, reads: ['b', 4] }],
    ['it read an earlier version', true, { at: 3, reads: ['a', 2] }, { at: 4, writes: 'a' }],
    ['it read what the other wrote', false, { at: 4, reads: ['a', 4] }, { at: 4, writes: 'a' }],
    ['it read an earlier version of another key', false, { at: 3, reads: ['b', 2] }, { at: 4, writes: 'a' }],
    ['it read, and the other’s revision is unknown', false, { at: 3, reads: ['a', 2] }, { writes: 'a' }],
    ['both only read', false, { at: 3, reads: ['a', 2] }, { at: 4, reads: ['a', 4] }],
  ])('where %s: %s', (_, expected, one, other) => {
    const pair = [witness('one', { ...one, time: [3, 4] }), witness('other', { ...other, time: [1, 2] })];
    expect(contradicts(pair)).toBe(expected);
    expect(contradicts(pair.toReversed())).toBe(expected);
  });

  it('by real time only if one returned before the other was invoked', () => {
    const pair = (returned: number) => [
      witness('one', { at: 4, writes: 'a', time: [1, returned] }),
      witness('other', { at: 3, writes: 'a', time: [5, 9] }),
    ];
    expect(contradicts(pair(4))).toBe(true);
    expect(contradicts(pair(5))).toBe(false);
  });

  it('in a circle of three, and still with one more that comes before or after it', () => {
    const three = [
      witness('t1', { at: 4, writes: 'c', reads: ['a', 2] }),
      witness('t2', { at: 5, writes: 'a', reads: ['b', 2] }),
      witness('t3', { at: 6, writes: 'b', reads: ['c', 3] }),
    ];
    const before = witness('t0', { at: 3, writes: 'c' });
    const after = witness('t4', { at: 7, reads: ['b', 6] });
    expect(contradicts(three)).toBe(true);
    expect(contradicts([before, ...three, after])).toBe(true);
    for (const left of three) {
      const rest = three.filter((one) => one !== left);
      expect(contradicts([before, ...rest, after])).toBe(false);
    }
  });
});
