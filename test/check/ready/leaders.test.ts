/** The leader that an answer names, its election, and the holder of a key that another node saw gone. */

import { describe, expect, it } from 'vitest';
import { checks, type LeaseToldInTimeOptions } from '../../../sim/check/ready/index.js';
import type { History, Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import { InputError } from '../../../sim/input/parsed.js';
import { logOf, op, verdictOf } from './histories.js';

const leader = (operations: readonly Operation[], options: object = {}, rest: Partial<History> = {}) =>
  verdictOf(checks.oneLeader({ reign: 'lead', told: 'ask', ...options }), operations, rest);
const ask = (output: Json, input: Json = null, times: readonly [number, number] = [2, 3]) =>
  op('c ask', times, { input, output });

describe('an answer', () => {
  const led = op('a lead', [1, 9]);

  it('names its leader in the field leader or value of the output, in the output, or where the options say', () => {
    for (const output of ['b', { leader: 'b' }, { value: 'b' }, { leader: 'b', value: 'a' }])
      expect(leader([led, ask(output)])).toMatch(
        /^violated by lead@1, ask@2: ask@2 saw b lead: expected a\b/,
      );
    expect(() => leader([led, ask({ who: 'b' })])).toThrow(/^leader finds nothing in output of ask@2 \(c\)/);
    const who = ({ output }: { readonly output: { readonly who?: string } }) => output.who;
    expect(leader([led, ask({ who: 'a' })], { leader: who })).toBe('satisfied');
    expect(leader([led, ask({ who: 'b' })], { leader: who })).toMatch(/saw b lead: expected a\b/);
    expect(leader([led, ask({})], { leader: who })).toMatch(/saw nobody lead: expected a\b/);
  });

  it('is about its election', () => {
    const of = (election: string) => ({ election });
    const two = [op('a lead', [1, 9], { input: of('x') }), op('b lead', [1.5, 9], { input: of('y') })];
    expect(leader([...two, ask('b', of('y'))])).toBe('satisfied');
    expect(leader([...two, ask('b', of('x'))])).toMatch(
      /^violated by lead@1, ask@2: ask@2 saw b lead x: expected a\b/,
    );
    expect(leader([...two, ask('z', of('w'))])).toBe('satisfied');
    expect(() => leader([led], { election: () => undefined })).toThrow(
      /^election is undefined for lead@1 \(a\)/,
    );
    expect(
      leader([...two, ask('b', of('x'))], {
        election: ({ input }: { input: { election: string } }) => input.election,
      }),
    ).toMatch(/saw b lead x/);
  });

  it('is compared with one that led before the question until after the answer', () => {
    for (const times of [
      [1, 3],
      [2, 9],
      [9, 10],
    ] as const)
      expect(leader([led, ask('b', null, times)])).toBe('satisfied');
    expect(leader([led, ask('b', null, [1.5, 8.5])])).toMatch(/^violated by lead@1, ask@1.5/);
    expect(leader([led, op('c look', [2, 3], { output: 'b' })])).toBe('satisfied');
    expect(leader([led, ask('a'), ask('b', null, [4, 5])])).toMatch(/^violated by lead@1, ask@4/);
  });

  it('is not compared after an operator revoked a lease, and there may be none that ask', () => {
    expect(leader([led, ask('b')], {}, { revocations: ['1'] })).toBe('satisfied');
    expect(leader([led, ask('b')], {}, { revocations: [] })).toMatch(/^violated/);
    expect(leader([led, ask('b')], { told: undefined })).toBe('satisfied');
  });

  it('knows a leader by the name that the options say', () => {
    const known = ({ input }: { readonly input: { readonly as: string } }) => input.as;
    const named = op('a lead', [1, 9], { input: { as: 'A' } });
    expect(leader([named, ask('A')], { known })).toBe('satisfied');
    expect(leader([named, ask('a')], { known })).toMatch(/saw a lead: expected A\b/);
  });
});

describe('a candidate', () => {
  const pair = { reign: undefined, campaign: 'stand', resign: 'resign' };
  const stand = (who: string, times: readonly [number, number], rest = {}) => op(`${who} stand`, times, rest);

  it('is a node that stood in the election, with any result', () => {
    expect(leader([stand('a', [1, 1.5], { end: 'failed' }), ask('a')], pair)).toBe('satisfied');
    expect(
      leader(
        [stand('a', [0, 1], { end: 'failed' }), stand('a', [1, 1.5], { end: 'failed' }), ask('z')],
        pair,
      ),
    ).toMatch(/^violated by ask@2: ask@2 saw z lead: expected .* \(candidates: a\)/);
    const two = [stand('a', [0, 1], { end: 'failed' }), stand('b', [1, 1.5], { end: 'failed' })];
    expect(leader([...two, ask('z')], pair)).toMatch(/\(candidates: a, b\)/);
    expect(leader([...two, ask(null)], pair)).toBe('satisfied');
    expect(leader([op('a resign', [0, 1]), ask('a')], pair)).toMatch(/\(candidates: none\)/);
    const other = stand('a', [0, 1], { end: 'failed', input: { election: 'x' } });
    expect(leader([other, ask('a', { election: 'y' })], pair)).toMatch(
      /saw a lead y: .*\(candidates: none\)/,
    );
    expect(leader([other, ask('a', { election: 'x' })], pair)).toBe('satisfied');
  });

  it('need not be known where only reigns are operations', () => {
    expect(leader([op('a lead', [5, 6]), ask('z')])).toBe('satisfied');
  });

  it('leads from the return of its campaign', () => {
    expect(leader([stand('a', [0, 1]), stand('b', [0.5, 4], { end: 'failed' }), ask('b')], pair)).toMatch(
      /^violated by stand@0, ask@2: .* expected a, .*\(stand@0\)/,
    );
    expect(leader([stand('a', [0, 1]), stand('b', [1.5, 4])], pair)).toMatch(
      /^violated by stand@0, stand@1.5/,
    );
    const excused = { standstills: [{ node: 'a', fromUs: 2e6, untilUs: 3.5e6 }] };
    const both = [stand('a', [0, 1]), stand('b', [1.5, 4]), op('a resign', [8, 9])];
    expect(leader(both, pair, excused)).toBe('satisfied');
    expect(leader(both, { ...pair, toldWithinSeconds: 1 }, excused)).toMatch(/^violated/);
  });
});

describe('a key that was seen gone', () => {
  const make = (options: object) => checks.leaseToldInTime(options as LeaseToldInTimeOptions);
  const verdict = (operations: readonly Operation[], options: object = {}, rest: Partial<History> = {}) =>
    verdictOf(make({ during: 'hold', look: 'look', ...options }), operations, rest);
  const hold = (times: readonly [number, number?], input: Json = { key: 'k' }) =>
    op('a hold', times, { input });
  const look = (times: readonly [number, number], keys: Json, rest = {}) =>
    op('b look', times, { output: { keys }, ...rest });

  it('is asked for by looks, where one operation lasts', () => {
    expect(() => make({ during: 'hold' })).toThrow(InputError);
    expect(() => make({ during: 'hold' })).toThrow(
      /^checks\.leaseToldInTime: expected look .* during, got none$/,
    );
    expect(() => make({ acquire: 'a', release: 'b' })).not.toThrow();
  });

  it('is the field key of the input, or what the options say', () => {
    expect(verdict([hold([1, 9]), look([3, 4], ['k', 'm'])])).toBe('satisfied');
    expect(verdict([hold([1, 9]), look([3, 4], ['m'])])).toMatch(
      /^violated by hold@1, look@3: hold@1 still held k when look@3 /,
    );
    expect(
      verdict([hold([1, 9], 'm'), look([3, 4], ['k'])], { key: ({ input }: { input: Json }) => input }),
    ).toMatch(/still held m /);
    expect(() => verdict([hold([1, 9], { lease: 1 })])).toThrow(
      /^key finds nothing in input of hold@1 \(a\)/,
    );
    expect(() => verdict([hold([1, 9], { key: null })])).toThrow(/^key is null for hold@1 \(a\)/);
  });

  it('is not in the list that a look gave, which lies where the options say', () => {
    expect(verdict([hold([1, 9]), op('b look', [3, 4], { output: ['k'] })])).toBe('satisfied');
    const own = { keys: ({ output }: { readonly output: { readonly all: Json } }) => output.all };
    expect(verdict([hold([1, 9]), op('b look', [3, 4], { output: { all: [] } })], own)).toMatch(/^violated/);
    expect(() => verdict([look([3, 4], 'k')])).toThrow(/keys of look@3 .*list, got "k"/);
    expect(() => verdict([look([3, 4], [null])])).toThrow(/^keys is null for look@3 \(b\)/);
    expect(() => verdict([op('b look', [3, 4], { output: { all: [] } })])).toThrow(
      /^keys finds nothing in output of look@3/,
    );
  });

  it('counts where a look began after the span and ended before it', () => {
    expect(verdict([hold([1, 9]), look([1, 4], [])])).toBe('satisfied');
    expect(verdict([hold([1, 9]), look([3, 10], [])])).toBe('satisfied');
    expect(verdict([hold([1, 9]), look([3, 4], [], { end: 'failed' })])).toBe('satisfied');
    expect(verdict([hold([1, 9]), op('b list', [3, 4], { output: { keys: [] } })])).toBe('satisfied');
    expect(verdict([hold([1, 9]), look([2, 7], []), look([3, 5], [])])).toMatch(
      /^violated by hold@1, look@3: .* 4000 ms /,
    );
  });

  it('may come within a second, and within more where the holder could not know', () => {
    expect(verdict([hold([1, 9]), look([3, 8], [])])).toBe('satisfied');
    expect(verdict([hold([1, 9]), look([3, 7.9], [])])).toMatch(/1100 ms/);
    const pause = (from: number, until: number) => ({
      standstills: [{ node: 'a', fromUs: from * 1e6, untilUs: until * 1e6 }],
    });
    const late = [hold([1, 16.5]), look([3, 4], [])];
    expect(verdict([hold([1, 14.9]), look([3, 4], [])], {}, pause(2, 3))).toBe('satisfied');
    expect(verdict(late, {}, pause(2, 3))).toMatch(/^violated/);
    expect(verdict(late, { toldWithinSeconds: 12 }, pause(2, 3))).toBe('satisfied');
    expect(verdict([hold([1, 9]), look([3, 4], [])], {}, pause(5, 5.1))).toMatch(/^violated/);
  });

  it('may come late after its lease was revoked, or any lease if it is not known which', () => {
    const revoked = (input: Json, revocations: readonly string[], options: object = {}) =>
      verdict([hold([1, 9], input), look([3, 4], [])], options, { revocations });
    expect(revoked({ key: 'k', lease: '7' }, ['6', '7'])).toBe('satisfied');
    expect(revoked({ key: 'k', lease: 7 }, ['7'])).toBe('satisfied');
    expect(revoked({ key: 'k', lease: '7' }, ['6'])).toMatch(/^violated/);
    expect(revoked({ key: 'k' }, ['6'])).toBe('satisfied');
    expect(revoked({ key: 'k' }, [])).toMatch(/^violated/);
    const lease = ({ input }: { readonly input: { readonly id: string } }) => input.id;
    expect(revoked({ key: 'k', id: '7' }, ['7'], { lease })).toBe('satisfied');
    expect(revoked({ key: 'k', id: '8', lease: '7' }, ['7'], { lease })).toMatch(/^violated/);
  });

  it('shows by the revisions of others, from its deletion after the grant on', () => {
    const pair = { during: undefined, look: undefined, acquire: 'grant', release: 'lost' };
    const log = logOf({ k: '0' }, { k: null }, { k: '1' }, { k: null, m: '1' }, { k: '2' }, { k: null });
    const grant = op('a grant', [1, 2], { input: { key: 'k' }, revision: 4 });
    const put = (revision?: number) => op('b put', [3, 4], revision === undefined ? {} : { revision });
    const lost = op('a lost', [9, 10], { input: { key: 'k' } });
    const of = (operations: readonly Operation[], options: object = {}) =>
      verdict(operations, { ...pair, ...options }, { log });
    expect(of([grant, put(4), lost])).toBe('satisfied');
    expect(of([grant, put(), lost])).toBe('satisfied');
    expect(of([grant, put(5), lost])).toMatch(
      /^violated by grant@1, put@3: grant@1 still held k when put@3 /,
    );
    expect(of([grant, put(9), lost])).toMatch(/^violated by grant@1, put@3/);
    expect(of([op('a grant', [1, 2], { input: { key: 'k' } }), put(9), lost])).toBe('satisfied');
    expect(of([op('a grant', [1, 2], { input: { key: 'm' }, revision: 5 }), put(9)])).toBe('satisfied');
    expect(of([grant, look([3, 4], []), lost], { look: 'look' })).toMatch(/^violated by grant@1, look@3/);
    expect(
      of([grant, op('b put', [3, 6], { revision: 9 }), op('c put', [4, 5], { revision: 9 }), lost]),
    ).toMatch(/^violated by grant@1, put@4/);
    const kept = logOf({ k: '0' }, { k: '1' }, { k: '2' }, { m: '1' });
    expect(
      verdict([op('a grant', [1, 2], { input: { key: 'k' }, revision: 3 }), put(5), lost], pair, {
        log: kept,
      }),
    ).toBe('satisfied');
    // What it did itself is no look.
    expect(of([op('a grant', [1, 2], { input: { key: 'k' }, revision: 2 }), lost])).toBe('satisfied');
    const held = op('a hold', [1, 9], { input: { key: 'k' }, revision: 4 });
    expect(verdict([held, put(9), look([3, 4], ['k'])], {}, { log })).toBe('satisfied');
  });
});
