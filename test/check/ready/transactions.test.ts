/** Transactions by what they say that they read and wrote, and by etcd's log. */
/* eslint-disable @typescript-eslint/no-unsafe-assignment -- what a check reads is any, unless its types are named */
import { describe, expect, it } from 'vitest';
import { checks } from '../../../sim/check/ready/index.js';
import type { Json } from '../../../sim/input/json.js';
import { logOf, op, verdictOf } from './histories.js';

const check = checks.strictSerializable({ transaction: 'move' });
const move = (times: readonly [number, number?], reads: Json, revision?: number) =>
  op('a move', times, { output: { reads }, ...(revision === undefined ? {} : { revision }) });
/** The observer sets both at revision 2. */
const opening = { x: '5', y: '5' };

describe('transactions', () => {
  it('are strictly serializable where each reads what was written last', () => {
    const log = logOf(opening, { x: '4', y: '6' }, { x: '3', y: '7' });
    const operations = [
      move([1, 2], { x: 5, y: 5 }, 3),
      move([3, 4], { x: 4, y: 6 }, 4),
      move([5, 6], { x: 3, y: 7 }),
    ];
    expect(verdictOf(check, operations, { log })).toBe('satisfied');
  });

  it('have the names of the literature where they are not', () => {
    const lost = logOf(opening, { x: '4' }, { x: '6' });
    expect(verdictOf(check, [move([1, 4], { x: 5 }, 3), move([2, 5], { x: 5 }, 4)], { log: lost })).toMatch(
      /^violated by move@1, move@2: lost update \(G-single\): .*\(move@1 by a, move@2 by a\)$/,
    );
    const skew = logOf(opening, { x: '0' }, { y: '0' });
    expect(
      verdictOf(check, [move([1, 4], { x: 5, y: 5 }, 3), move([2, 5], { x: 5, y: 5 }, 4)], { log: skew }),
    ).toMatch(/write skew \(G2-item\)/);
    const stale = logOf(opening, { x: '4' });
    expect(verdictOf(check, [move([1, 2], { x: 5 }, 3), move([3, 4], { x: 5 })], { log: stale })).toMatch(
      /stale read \(G-single, in real time\)/,
    );
    expect(verdictOf(check, [move([1, 2], { x: 9 })], { log: logOf(opening) })).toMatch(
      /phantom read.*x = 9/,
    );
  });

  it('that have no answer happened where one of their values is in the log, at any time', () => {
    const log = logOf(opening, { x: 'b' }, { x: 'c' });
    const unsure = op('a move', [1, 2], { input: { writes: { x: 'b' } }, end: 'indefinite' });
    const after = (reads: Json) =>
      op('b move', [3, 4], { output: { reads, writes: { x: 'c' } }, revision: 4 });
    expect(verdictOf(check, [unsure, after({ x: 'b' })], { log })).toBe('satisfied');
    expect(verdictOf(check, [unsure, after({ x: 5 })], { log })).toMatch(/^violated/);
    const never = op('c move', [1], { input: { writes: { x: 'z' } } });
    expect(verdictOf(check, [unsure, never, after({ x: 'b' })], { log })).toBe('satisfied');
  });

  it('may read values without a known writer', () => {
    const log = logOf(opening, { x: '1' });
    expect(verdictOf(check, [move([1, 2], { x: 1 }), move([3, 4], { x: 1, y: 5 })], { log })).toBe(
      'satisfied',
    );
    expect(verdictOf(check, [move([1, 2], { x: 1 }), move([3, 4], { x: 5 })], { log })).toMatch(/^violated/);
  });

  it('that failed were never read', () => {
    const log = logOf(opening, { x: 'b' });
    const failed = op('a move', [1, 2], { input: { writes: { x: 'b' } }, end: 'failed' });
    expect(
      verdictOf(check, [failed, op('b move', [3, 4], { output: { reads: { x: 'b' } } })], { log }),
    ).toMatch(/aborted read \(G1a\)/);
  });

  it('that ended ok are in the log', () => {
    const wrote = op('a move', [1, 2], { output: { reads: {}, writes: { x: 'b' } } });
    expect(verdictOf(check, [wrote], { log: logOf(opening) })).toMatch(
      /^violated by move@1: move@1 ended ok: expected/,
    );
    expect(verdictOf(check, [wrote], { log: logOf(opening, { x: 'b' }) })).toBe('satisfied');
  });

  it('that wrote nothing may say at which revision they read', () => {
    const log = logOf(opening, { x: '4' });
    const reader = op('b move', [1, 5], { output: { reads: { x: 4 }, writes: {} }, revision: 3 });
    expect(verdictOf(check, [move([2, 3], { x: 5 }, 3), reader], { log })).toBe('satisfied');
  });

  it('are judged by the keys that are theirs', () => {
    const log = logOf({ 'acc/x': '5', other: '1' }, { 'acc/x': '4', other: '2' });
    const own = checks.strictSerializable({ transaction: 'move', keys: 'acc/' });
    const reads = { 'acc/x': 5, other: 7 };
    expect(verdictOf(own, [move([1, 2], reads, 3)], { log })).toBe('satisfied');
    expect(verdictOf(check, [move([1, 2], reads, 3)], { log })).toMatch(/phantom/);
  });

  it('take what was read and written from where the options say', () => {
    const own = checks.strictSerializable({
      transaction: 'move',
      reads: ({ output }) => [{ key: 'x', value: output.was, modRevision: output.at }],
      writes: ({ id }) => ({ x: id }),
    });
    const log = logOf(opening, { x: 'move@1' }, { x: 'move@3' });
    const does = (from: number, was: string, at: string) =>
      op('a move', [from, from + 1], { output: { was, at } });
    expect(verdictOf(own, [does(1, '5', '2'), does(3, 'move@1', '3')], { log })).toBe('satisfied');
    expect(verdictOf(own, [does(1, '5', '2'), does(3, '5', '2')], { log })).toMatch(/lost update/);
  });
});

describe('where values come back', () => {
  it('the version just before a write is the one that it read', () => {
    const log = logOf(opening, { x: '6' }, { x: '5' }, { x: '6' });
    const operations = [move([1, 2], { x: 5 }, 3), move([3, 4], { x: 6 }, 4), move([5, 6], { x: 5 }, 5)];
    expect(verdictOf(check, operations, { log })).toBe('satisfied');
  });

  it('a violation that hangs on one of several versions is none', () => {
    const log = logOf(opening, { x: '6' }, { x: '5' }, { x: '7' });
    const operations = [move([1, 2], { x: 5 }, 3), move([3, 4], { x: 6 }, 4), move([5, 6], { x: 5 })];
    // No operation is known to have made revision 5, so that it may have come after the read.
    expect(verdictOf(check, operations, { log })).toBe('satisfied');
    const last = op('b move', [4.1, 4.5], { output: { reads: { x: 5 } }, revision: 5 });
    expect(verdictOf(check, [...operations, last], { log })).toMatch(/^inconclusive: values repeat/);
  });
});

describe('what a transaction says', () => {
  const first = { x: '5' };

  it('is judged where it ended ok, and has the name of a transaction', () => {
    const log = logOf(first);
    const reads = { output: { reads: { x: 9 } } };
    expect(verdictOf(check, [move([1, 2], { x: 5 }), op('a look', [3, 4], reads)], { log })).toBe(
      'satisfied',
    );
    const expects = checks.strictSerializable({ transaction: 'move', reads: ({ input }) => input.reads });
    const open = (end: 'ok' | 'indefinite') =>
      op('a move', [1, 2], { input: { reads: { x: 9 }, writes: { x: 'b' } }, end });
    const written = logOf(first, { x: 'b' });
    expect(verdictOf(expects, [open('indefinite')], { log: written })).toBe('satisfied');
    expect(verdictOf(expects, [open('ok')], { log: written })).toMatch(/^violated by move@1: phantom.*x = 9/);
  });

  it('has its reads in the output and not in the input', () => {
    const asked = op('a move', [1, 2], { input: { reads: { x: 9 } }, output: {} });
    expect(verdictOf(check, [asked], { log: logOf(first) })).toBe('satisfied');
  });

  it('may be nothing', () => {
    const silent = checks.strictSerializable({
      transaction: 'move',
      reads: () => null,
      writes: () => undefined,
    });
    expect(verdictOf(silent, [move([1, 2], { x: 9 })], { log: logOf(first) })).toBe('satisfied');
  });

  it('is refused in another form, with the operation and what it should be', () => {
    const said = (reads: Json) => () => verdictOf(check, [move([1, 2], reads)], { log: logOf(first) });
    expect(said(5)).toThrow(/^reads of move@1 \(a\).*object of keys and values, or a list .*, got 5/);
    expect(said([{ value: 5 }])).toThrow(
      /^reads of move@1 \(a\)\[0\].*: expected \{ key, value, modRevision \}, got none/,
    );
    expect(said([{ key: 5 }])).toThrow(/^reads of move@1 \(a\)\[0\]\.key: expected a key, got 5/);
    expect(said(['x'])).toThrow(
      /^reads of move@1 \(a\)\[0\]: expected \{ key, value, modRevision \}, got "x"/,
    );
    expect(said([{ key: 'x', modRevision: true }])).toThrow(
      /\[0\]\.modRevision: expected a revision, got true/,
    );
    const wrote = op('a move', [1, 2], { output: { writes: 'x' } });
    expect(() => verdictOf(check, [wrote], { log: logOf(first) })).toThrow(
      /^writes of move@1 \(a\).*got "x"/,
    );
  });

  it('of an absent key is right only before the key was there', () => {
    const log = logOf({ other: '1' }, { x: '1' });
    expect(verdictOf(check, [move([1, 2], { x: null }), move([3, 4], { y: null })], { log })).toBe(
      'satisfied',
    );
    const made = op('a move', [1, 2], { output: { writes: { x: 1 } }, revision: 3 });
    expect(verdictOf(check, [made, move([3, 4], { x: null })], { log })).toMatch(
      /^violated by move@1, move@3: /,
    );
  });

  it('of a deletion is that the key is gone', () => {
    const log = logOf(first, { x: null });
    const gone = op('a move', [1, 2], { output: { reads: { x: 5 }, writes: { x: null } }, revision: 3 });
    expect(verdictOf(check, [gone, move([3, 4], { x: null })], { log })).toBe('satisfied');
    expect(verdictOf(check, [gone, move([3, 4], { x: 5 })], { log })).toMatch(
      /^violated by move@1, move@3: /,
    );
    // It cannot be found by its value, and so is not lost.
    const untold = op('a move', [1, 2], { output: { reads: {}, writes: { x: null } } });
    expect(verdictOf(check, [untold], { log })).toBe('satisfied');
    const empty = op('a move', [1, 2], { output: { reads: {}, writes: { x: '' } } });
    expect(verdictOf(check, [empty], { log })).toMatch(
      /^violated by move@1: move@1 ended ok: expected its writes/,
    );
  });

  it('is lost only where nothing of it is in the log', () => {
    const half = op('a move', [1, 2], { output: { reads: {}, writes: { x: 'b', y: 'z' } } });
    expect(verdictOf(check, [half], { log: logOf(first, { x: 'b' }) })).toBe('satisfied');
    expect(verdictOf(check, [half], { log: logOf(first) })).toMatch(/^violated by move@1: move@1 ended ok/);
    const other = op('a look', [1, 2], { output: { writes: { x: 'b' } } });
    expect(verdictOf(check, [other, move([3, 4], {})], { log: logOf(first) })).toBe('satisfied');
  });

  it('happened at the one revision that has a value of it and no other', () => {
    const log = logOf(opening, { x: 'b' }, { x: 'b', y: 'c' });
    const seen = move([1, 2], [{ key: 'x', value: 'b', modRevision: '3' }]);
    const untold = op('a move', [3, 4], { output: { reads: {}, writes: { x: 'b', y: 'c' } } });
    expect(verdictOf(check, [seen, untold], { log })).toBe('satisfied');
  });

  it('is in the log even where it never came back', () => {
    const lost = op('a move', [1], { input: { writes: { x: 'b' } } });
    const log = logOf(opening, { x: 'b' });
    expect(verdictOf(check, [lost, move([3, 4], { x: 'b' })], { log })).toBe('satisfied');
    expect(verdictOf(check, [move([0, 0.5], { x: 'b' }), lost], { log })).toMatch(
      /^violated by move@0, move@1: /,
    );
  });
});

describe('a write of an unknown node', () => {
  const log = logOf({ x: '5' }, { x: '1' });

  it('may have come at any time, even before every operation', () => {
    expect(verdictOf(check, [move([0, 0.5], { x: 1 })], { log })).toBe('satisfied');
  });

  it('stays where a transaction that wrote nothing read at its revision', () => {
    const reader = op('b move', [1, 2], { output: { reads: { x: 1 }, writes: {} }, revision: 3 });
    expect(verdictOf(check, [reader], { log })).toBe('satisfied');
  });

  it('is named by its revision in the message, and not among the operations', () => {
    expect(verdictOf(check, [move([1, 2], { x: 1 }), move([3, 4], { x: 5 })], { log })).toMatch(
      /^violated by move@1, move@3: .*revision 3/,
    );
  });
});

describe('keys that are not of the transactions', () => {
  const [blind, before] = [
    op('a move', [1, 2], { revision: 4 }),
    op('b move', [3, 4], { output: { reads: { 'acc/x': 5 } }, revision: 3 }),
  ];
  const log = logOf({ 'acc/x': '5' }, { 'other/acc/': '1' }, { 'other/acc/': '2' });

  it.each([
    ['a prefix', 'acc/'],
    ['a function', (key: string) => key.startsWith('acc')],
  ])('prove nothing, by %s', (_by, keys) => {
    const own = checks.strictSerializable({ transaction: 'move', keys });
    expect(verdictOf(check, [blind, before], { log })).toMatch(/^violated by move@1, move@3: /);
    expect(verdictOf(own, [blind, before], { log })).toBe('satisfied');
    expect(verdictOf(own, [move([1, 2], { 'acc/x': 7 })], { log })).toMatch(
      /^violated by move@1: .*acc\/x = 7/,
    );
  });
});

describe('where values come back, a read', () => {
  const log = logOf({ x: '5', y: '5' }, { x: '6' }, { x: '5' }, { x: '6' });
  const writes = [move([1, 2], { x: 5 }, 3), move([3, 4], { x: 6 }, 4), move([5, 6], { x: 5 }, 5)];
  const reader = (times: readonly [number, number], reads: Json, revision: number) =>
    op('b move', times, { output: { reads, writes: {} }, revision });

  it('saw the last version that its revision allows', () => {
    expect(verdictOf(check, [...writes, reader([7, 8], { x: 6 }, 5)], { log })).toBe('satisfied');
    expect(verdictOf(check, [...writes, reader([2.1, 2.9], { x: 6 }, 3)], { log })).toBe('satisfied');
    const same = logOf({ x: '5' }, { x: '5' });
    expect(verdictOf(check, [move([1, 2], { x: 5 }, 3)], { log: same })).toBe('satisfied');
  });

  it('with its mod revision or of nothing is certain, and so is one of a value that no transaction wrote', () => {
    const told = (modRevision: number, value: Json) => move([7, 8], [{ key: 'x', value, modRevision }]);
    expect(verdictOf(check, [...writes, told(5, 6)], { log })).toBe('satisfied');
    expect(verdictOf(check, [...writes, move([7, 8], [{ key: 'x', modRevision: 5 }])], { log })).toBe(
      'satisfied',
    );
    expect(verdictOf(check, [...writes, told(3, 6)], { log })).toMatch(/^violated by .*\bmove@7\b/);
    expect(verdictOf(check, [...writes, told(5, 7)], { log })).toMatch(/^violated by .*\bmove@7\b/);
    expect(verdictOf(check, [...writes, move([7, 8], { x: 9 })], { log })).toMatch(
      /^violated by move@7: .*x = 9/,
    );
    expect(verdictOf(check, [...writes, move([7, 8], { x: null })], { log })).toMatch(
      /^violated by .*\bmove@7\b/,
    );
  });

  it('leaves the check undecided beside others that are certain', () => {
    const last = op('b move', [4.1, 4.5], { output: { reads: { x: 5, y: 5 } }, revision: 5 });
    const back = logOf({ x: '5', y: '5' }, { x: '6' }, { x: '5' }, { x: '7' });
    expect(verdictOf(check, [...writes.slice(0, 2), move([5, 6], { x: 5 }), last], { log: back })).toMatch(
      /^inconclusive: values repeat, .*: .*move@/,
    );
  });
});
