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
