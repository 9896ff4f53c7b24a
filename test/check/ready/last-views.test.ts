/** The last views of caches: which count, what they hold, and how they differ from etcd or from one another. */

import { describe, expect, it } from 'vitest';
import { checks, type EventuallyEqualOptions } from '../../../sim/check/ready/index.js';
import type { History, Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import { logOf, op, revisionsOf, verdictOf } from './histories.js';

const unsure = { end: 'indefinite' } as const;
const make = (options: Partial<EventuallyEqualOptions> = {}) =>
  checks.eventuallyEqual({ view: 'view', keys: 'k/', ...options });
const view = (who: string, from: number, state: Json, rest = {}) =>
  op(`${who} view`, [from, from + 1], { output: { state }, ...rest });
const write = (times: readonly [number, number?], revision?: number, rest = {}) =>
  op('w put', times, { ...(revision === undefined ? {} : { revision }), ...rest });

describe('a view of keys', () => {
  const log = logOf({ 'k/a': '1', other: '1' }, { other: '2' }, { 'k/a': '2', 'k/b': '3' });
  const written = [write([1, 2], 2), write([3, 4], 4)];
  const verdict = (operations: readonly Operation[], rest: Partial<History> = {}) =>
    verdictOf(make(), [...written, ...operations], { log, ...rest });

  it('is the field state of the output, or the output, or what the options say', () => {
    const held = { a: '2', b: '3' };
    expect(verdict([view('x', 5, held), op('y view', [5, 6], { output: held })])).toBe('satisfied');
    expect(verdict([op('y view', [5, 6], { output: { a: '2' } })])).toMatch(
      /^violated by put@3, view@5: y ends with b /,
    );
    const own = make({ state: ({ output }) => output.has, of: ({ input }) => input });
    const has = (output: Json) => op('y view', [5, 6], { input: 'me', output: { has: output, state: 1 } });
    expect(verdictOf(own, [...written, has(held)], { log })).toBe('satisfied');
    expect(verdictOf(own, [...written, has({ a: '2' })], { log })).toMatch(
      /: me ends with b = nothing: expected 3\b/,
    );
    expect(() => verdictOf(own, [op('y view', [5, 6], { input: 'me', output: {} })], { log })).toThrow(
      /^state finds nothing in output of view@5 \(y\)/,
    );
  });

  it('differs in a key that it lacks, has too much, or has otherwise: the message names the first', () => {
    expect(verdict([view('x', 5, { b: '3' })])).toMatch(/: x ends with a = nothing: expected 2\b/);
    expect(verdict([view('x', 5, { a: '2', b: '3', c: '4' })])).toMatch(
      /: x ends with c = 4: expected nothing\b/,
    );
    expect(verdict([view('x', 5, { b: '4', a: '9' })])).toMatch(/: x ends with a = 9: expected 2\b/);
    expect(verdict([view('x', 5, {})])).toMatch(
      /^violated by put@1, view@5: x ends with a = nothing: expected 2\b/,
    );
  });

  it('is shown with the last revision of the key in which it differs, not of another key', () => {
    const of = (held: Json) =>
      revisionsOf(make(), [...written, view('x', 5, held)], {
        log: logOf({ 'k/a': '1' }, { 'k/b': '3' }, { 'k/c': '4' }),
      });
    expect(of({ a: '9', b: '3', c: '4' })).toEqual([2]);
    expect(of({ a: '1', b: '9', c: '4' })).toEqual([3]);
  });

  it('is shown with the revision that it lacks, or with the last one', () => {
    const of = (held: Json, rest = { log }) => revisionsOf(make(), [...written, view('x', 5, held)], rest);
    expect(of({ a: '1' })).toEqual([4]);
    expect(of({})).toEqual([2]);
    expect(of({ a: '9' })).toEqual([4]);
    expect(of({ a: '9' }, { log: logOf({ other: '1' }) })).toEqual([]);
    expect(verdictOf(make(), [view('x', 5, { a: '9' })], { log: logOf({ other: '1' }) })).toMatch(
      /^violated by view@5: x ends with a = 9: expected nothing\b/,
    );
  });

  it('may be empty where nothing was there', () => {
    expect(verdictOf(make(), [view('x', 5, {})], { log: logOf({ other: '1' }) })).toBe('satisfied');
    const gone = logOf({ 'k/a': '1' }, { 'k/a': null });
    expect(verdictOf(make(), [write([1, 2], 3), view('x', 5, {})], { log: gone })).toBe('satisfied');
  });

  it('has keys without a value where it says null, and values as etcd stores them', () => {
    expect(verdict([view('x', 5, { a: 2, b: 3, c: null })])).toBe('satisfied');
    expect(verdict([view('x', 5, { 'k/a': '2', 'k/b': '3', 'k/c': null })])).toBe('satisfied');
    expect(verdict([view('x', 5, { 'k/a': '2', b: '3' })])).toMatch(
      /: x ends with a = nothing: expected 2\b/,
    );
  });

  it('is an object', () => {
    for (const [state, got] of [
      [['a'], '\\["a"\\]'],
      ['all', 'all'],
      [null, 'nothing'],
      ['x'.repeat(61), `${'x'.repeat(60)}…$`],
      ['x'.repeat(60), `${'x'.repeat(60)}$`],
    ] as const)
      expect(() => verdict([view('x', 5, state as Json)])).toThrow(
        new RegExp(`object of keys and values, got ${got}`),
      );
  });

  it('counts only where it has an answer and no later one', () => {
    const right = view('x', 7, { a: '2', b: '3' });
    expect(verdict([view('x', 5, { a: '1' }), right, view('x', 9, { a: '1' }, unsure)])).toBe('satisfied');
    expect(verdict([right, op('x look', [9, 10], { output: { state: {} } })])).toBe('satisfied');
  });

  it('is undecided where no operation returned with the revision that it lacks', () => {
    const late = [write([3, 5.5], 4), view('x', 5, { a: '1' })];
    expect(verdictOf(make(), late, { log })).toMatch(/^inconclusive: x ends with a = 1, but revision 4 /);
    expect(verdictOf(make(), [write([1, 2], 2), view('x', 5, {})], { log })).toMatch(
      /^violated by put@1, view@5/,
    );
    const two = [write([3, 4], 4), view('x', 5, {})];
    expect(verdictOf(make(), two, { log })).toMatch(/^violated by put@3, view@5: /);
    expect(revisionsOf(make(), two, { log })).toEqual([4]);
  });
});

describe('a view, by the times of commits', () => {
  const log = logOf({ 'k/a': '1' }, { 'k/a': '2' }, { 'k/a': '3' });
  const commits = [1, 4, 9].map((second, index) => ({ revision: index + 2, timeUs: second * 1_000_000 }));
  const verdict = (operations: readonly Operation[], withinMs?: number) =>
    verdictOf(make(withinMs === undefined ? {} : { withinMs }), operations, { log, commits });

  it('may lag by as much as the options say, and is undecided up to a second where they do not', () => {
    const lags = (ms: number) => [view('x', 4 + ms / 1000, { a: '1' })];
    expect(verdict(lags(500), 500)).toBe('satisfied');
    expect(verdict(lags(501), 500)).toMatch(/^violated by view@4.501: x ends with a = 1: expected 2\b/);
    expect(verdict(lags(0))).toBe('satisfied');
    expect(verdict(lags(1000))).toMatch(/^inconclusive: .* revision 3 came only 1000 ms before view@5\b/);
    expect(verdict(lags(1500))).toMatch(/^violated by view@5.5: /);
  });

  it('is wrong where an operation had returned with the revision, unless it may lag', () => {
    const told = [write([4, 4.1], 3), view('x', 4.3, { a: '1' })];
    expect(verdict(told)).toMatch(/^violated by put@4, view@4.3: x ends with a = 1: expected 2\b/);
    expect(verdict(told, 500)).toBe('satisfied');
    expect(verdict([write([4, 4.4], 3), view('x', 4.3, { a: '1' })])).toMatch(/^inconclusive: .* 300 ms /);
  });

  it('cannot hold what was committed after it', () => {
    expect(verdict([view('x', 6, { a: '3' })])).toMatch(
      /^violated by view@6: x ends with a = 3: expected 2\b/,
    );
    expect(verdict([view('x', 8, { a: '3' })])).toBe('satisfied');
    expect(verdict([view('x', 0.5, { a: '1' }), view('y', -1.5, {})])).toBe('satisfied');
  });

  it('says which revision it surely lacks', () => {
    const lags = [view('x', 9.5, { a: '1' })];
    expect(verdict(lags)).toMatch(/^violated by view@9.5: x ends with a = 1: expected 3\b/);
    expect(revisionsOf(make(), lags, { log, commits })).toEqual([3]);
  });
});

describe('views among each other', () => {
  const among = checks.eventuallyEqual({ view: 'view' });
  const verdict = (operations: readonly Operation[], log = logOf()) => verdictOf(among, operations, { log });
  const views = [view('a', 5, 1), view('b', 7, 2)];

  it('are equal to one another, or to the keys', () => {
    expect(among.description).toMatch(/views.* equal\.$/);
    expect(make().description).toMatch(/keys.* k\/\.$/);
  });

  it('are equal in any order of their fields, and shown shortly where they are not', () => {
    expect(
      verdict([view('a', 5, { p: 1, q: 2 }), view('b', 7, { q: 2, p: 1 }), view('c', 9, { p: 1, q: 2 })]),
    ).toBe('satisfied');
    expect(verdict([])).toBe('satisfied');
    expect(verdict([view('a', 5, 1), view('b', 7, 1), view('c', 9, 'x'.repeat(61))])).toMatch(
      /^violated by view@5, view@9: a ends with 1 and c with x{60}…: /,
    );
    expect(verdict([view('a', 5, null), view('b', 7, 2)])).toMatch(/: a ends with nothing and b with 2: /);
  });

  it('are not judged where a write may have come after the earlier of both', () => {
    const log = logOf({ k: '1' });
    expect(verdict([write([4, 5], 2), ...views], log)).toMatch(/^violated by view@5, view@7/);
    expect(verdict([write([4, 5.5], 2), ...views], log)).toMatch(/^inconclusive: a ends with 1 .* put@4 /);
    const turned = [view('a', 1, 1), view('b', 5, 2), write([6, 6.5], 2), view('a', 7, 1)];
    expect(verdict(turned, log)).toMatch(/^inconclusive: a ends with 1 and b with 2, but put@6 /);
    expect(verdict([write([4]), ...views], log)).toMatch(/^inconclusive: .* put@4 /);
  });

  it('may have revisions of their own, and others that the log does not have', () => {
    const told = [view('a', 5, 1, { revision: 2 }), view('b', 7, 2, { revision: 2 })];
    expect(verdict(told, logOf({ k: '1' }))).toMatch(/^violated by view@5, view@7/);
    expect(verdict([op('r look', [6, 8], { revision: 9 }), ...views])).toMatch(/^violated by view@5, view@7/);
  });

  it('follow a set-up by an unknown node', () => {
    const open = [write([1, 2], 3), write([3, 4], undefined, unsure), ...views];
    expect(verdict(open, logOf({ k: '0' }, { k: '1' }))).toMatch(/^violated by view@5, view@7/);
    expect(verdict(open.slice(1), logOf({ k: '0' }))).toMatch(/^inconclusive: .* put@3 /);
  });
});
