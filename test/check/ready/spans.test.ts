/** From when until when a node is inside, by the checks of exclusion; and fencing tokens, by place and by order. */

import { describe, expect, it } from 'vitest';
import { checks, type FencingOptions, type MutualExclusionOptions } from '../../../sim/check/ready/index.js';
import type { History, Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import { InputError } from '../../../sim/input/parsed.js';
import { moment, op, revisionsOf, verdictOf } from './histories.js';

const make = (options: object) => checks.mutualExclusion(options as MutualExclusionOptions);
const during = (operations: readonly Operation[], rest: Partial<History> = {}, options = {}) =>
  verdictOf(make({ during: 'hold', ...options }), operations, rest);
const pairs = (operations: readonly Operation[], rest: Partial<History> = {}, options = {}) =>
  verdictOf(make({ acquire: 'lock', release: 'unlock', ...options }), operations, rest);
const crashOf = (node: string, at: number) => ({ crashes: [{ node, at: moment(at) }] });

const some = (): boolean => true;

describe('the options of a span', () => {
  it.each([
    [{}, 'none'],
    [{ acquire: 'a' }, 'acquire'],
    [{ release: 'a' }, 'release'],
    [{ holder: some }, 'holder'],
    [{ during: 'a', holder: some }, 'during and holder'],
    [{ during: 'a', acquired: some }, 'during and acquired'],
    [{ during: 'a', acquire: 'b', release: 'c' }, 'during and acquire and release'],
    [{ acquire: 'b', holder: some, acquired: some }, 'acquire and holder and acquired'],
  ])('are one or two, not %j', (options, got) => {
    for (const factory of ['mutualExclusion', 'semaphore', 'leaseToldInTime'] as const) {
      const more = factory === 'semaphore' ? { permits: 1 } : {};
      const made = () => (checks[factory] as (given: object) => unknown)({ ...options, ...more });
      expect(made).toThrow(InputError);
      expect(made).toThrow(
        new RegExp(`^checks\\.${factory}: expected during, or acquire and release, got ${got}$`),
      );
    }
    const { during: reign, acquire: campaign, release: resign } = options as Record<string, unknown>;
    if (Object.keys(options).some((one) => one.startsWith('hold') || one === 'acquired')) return;
    const leads = () => (checks.oneLeader as (given: object) => unknown)({ reign, campaign, resign });
    expect(leads).toThrow(/^checks\.oneLeader: expected reign, or campaign and resign, got /);
  });

  it('may add who holds and whether it was acquired to two', () => {
    expect(() =>
      make({ acquire: 'a', release: 'b', holder: some, acquired: some, during: undefined }),
    ).not.toThrow();
  });
});

describe('what a span is about', () => {
  it('is the field key or lock of the input', () => {
    const hold = (who: string, times: readonly [number, number], input: Json) =>
      op(`${who} hold`, times, { input });
    expect(during([hold('a', [1, 4], { lock: 'x' }), hold('b', [2, 3], { lock: 'y' })])).toBe('satisfied');
    expect(during([hold('a', [1, 4], { lock: 'x' }), hold('b', [2, 3], { key: 'x' })])).toMatch(
      /^violated by hold@1, hold@2: hold@2 entered x while hold@1 /,
    );
    expect(() => during([hold('a', [1, 4], null)], {}, { key: () => undefined })).toThrow(
      /^key is undefined for hold@1 \(a\)/,
    );
  });

  it('is reported for the earliest moment of all', () => {
    const at = (who: string, times: readonly [number, number], key: string) =>
      op(`${who} hold`, times, { input: { key } });
    const x = [at('a', [1, 20], 'x'), at('b', [10, 20], 'x')];
    const y = [at('c', [2, 20], 'y'), at('d', [5, 20], 'y')];
    expect(during([...x, ...y])).toMatch(/^violated by hold@2, hold@5: hold@5 entered y /);
    const z = [at('e', [0, 20], 'z'), at('f', [7, 20], 'z')];
    expect(during([...z, ...x, ...y])).toMatch(/^violated by hold@2, hold@5: /);
    expect(during([at('g', [0, 0.5], 'w'), ...y])).toMatch(/^violated by hold@2, hold@5: /);
  });
});

describe('an operation that lasts', () => {
  const second = op('b hold', [10, 30]);

  it('ends with its return, or else with the next death of its node', () => {
    expect(during([op('a hold', [1]), second], crashOf('a', 9))).toBe('satisfied');
    expect(during([op('a hold', [1]), second], crashOf('a', 11))).toMatch(/^violated by hold@1, hold@10/);
    expect(during([op('a hold', [1]), second], crashOf('c', 9))).toMatch(/^violated by hold@1, hold@10/);
    expect(during([op('a hold', [1]), second], crashOf('a', 0.5))).toMatch(/^violated by hold@1, hold@10/);
    expect(during([op('a hold', [1, 12]), second], crashOf('a', 9))).toMatch(/^violated by hold@1, hold@10/);
    expect(during([op('a hold', [1, 10]), second])).toBe('satisfied');
  });

  it('may have been granted since its node last returned', () => {
    const waited = [
      op('a look', [0, 2]),
      op('a look', [3, 6]),
      op('c look', [6, 7]),
      op('a hold', [8, 15]),
      second,
    ];
    const pause = (from: number, until: number): Partial<History> => ({
      standstills: [{ node: 'a', fromUs: from * 1e6, untilUs: until * 1e6 }],
    });
    expect(during(waited, pause(6.5, 7.5))).toBe('satisfied');
    expect(during(waited, pause(3, 5.5))).toMatch(/^violated by hold@8, hold@10/);
    expect(during(waited, pause(10.5, 11))).toMatch(/^violated by hold@8, hold@10/);
    const lost = [op('a look', [0]), ...waited.slice(2)];
    expect(during(lost, pause(3, 5.5))).toBe('satisfied');
  });
});

describe('two operations', () => {
  const lock = (who: string, times: readonly [number, number?], rest = {}) => op(`${who} lock`, times, rest);
  const unlock = (who: string, from: number, rest = {}) => op(`${who} unlock`, [from, from + 1], rest);
  const next = lock('b', [10, 11]);

  it('begin with the return of one and end where the other begins, or where the node dies before', () => {
    expect(pairs([lock('a', [1, 2]), unlock('a', 9.5), next])).toBe('satisfied');
    expect(pairs([lock('a', [1, 2]), unlock('a', 11.5), next])).toMatch(/^violated by lock@1, lock@10/);
    expect(pairs([lock('a', [1, 2]), unlock('a', 11.5), next], crashOf('a', 9))).toBe('satisfied');
    expect(pairs([lock('a', [1, 2]), unlock('a', 9.5), next], crashOf('a', 20))).toBe('satisfied');
    expect(pairs([lock('a', [1, 2]), next], crashOf('a', 9))).toBe('satisfied');
    expect(pairs([lock('a', [1, 2]), next], crashOf('a', 1.5))).toMatch(/^violated by lock@1, lock@10/);
    expect(pairs([lock('a', [1, 10.5]), next, unlock('b', 12)])).toMatch(/^violated by lock@1, lock@10/);
  });

  it('belong together where the release comes after, the first that does', () => {
    expect(pairs([unlock('a', 0), lock('a', [1, 2]), next])).toMatch(/^violated by lock@1, lock@10/);
    expect(pairs([unlock('a', 1.5), lock('a', [1, 2]), next])).toMatch(/^violated by lock@1, lock@10/);
    expect(pairs([lock('a', [1, 2]), unlock('a', 5), unlock('a', 15), next])).toBe('satisfied');
    expect(pairs([lock('a', [1, 2]), unlock('c', 5), next])).toMatch(/^violated by lock@1, lock@10/);
  });

  it('have a holder where the options say, which is no nothing', () => {
    const holder = ({ input }: { readonly input: Json }) => input;
    const of = (input: Json) => ({ input });
    const operations = [lock('a', [1, 2], of('s')), unlock('c', 5, of('s')), lock('b', [10, 11], of('t'))];
    expect(pairs(operations, {}, { holder })).toBe('satisfied');
    expect(() => pairs([lock('a', [1, 2])], {}, { holder })).toThrow(/^holder is null for lock@1 \(a\)/);
  });

  it('are not begun by a try that failed, or that got nothing', () => {
    expect(pairs([lock('a', [1, 2], { end: 'failed' }), next])).toBe('satisfied');
    expect(pairs([lock('a', [1, 2], { output: false }), next])).toBe('satisfied');
    expect(pairs([lock('a', [1, 2], { output: 0 }), next])).toMatch(/^violated by lock@1, lock@10/);
  });

  it('may have been granted since the invocation of the first', () => {
    const pause = { standstills: [{ node: 'a', fromUs: 3e6, untilUs: 4e6 }] };
    const operations = [lock('a', [2, 9]), unlock('a', 15), next];
    expect(pairs(operations, pause)).toBe('satisfied');
    expect(pairs([lock('a', [5, 9]), unlock('a', 15), next], pause)).toMatch(/^violated by lock@5, lock@10/);
  });
});

describe('fencing', () => {
  const write = (who: string, times: readonly [number, number], input: Json, revision?: number) =>
    op(`${who} write`, times, { input, ...(revision === undefined ? {} : { revision }) });
  const verdict = (operations: readonly Operation[], options: Partial<FencingOptions> = {}) =>
    verdictOf(checks.fencing({ write: 'write', ...options }), operations);
  const token = (value: Json, rest: object = {}) => ({ token: value, ...rest });

  it('finds the token and the place in the input, or where the options say', () => {
    const back = (input: (value: number) => Json) => [
      write('a', [1, 2], input(7)),
      write('b', [3, 4], input(5)),
    ];
    expect(verdict(back((value) => token(value, { key: 'x' })))).toMatch(
      /write@3 was accepted in x with token 5 after write@1 with token 7/,
    );
    expect(verdict(back((value) => token(value)))).toMatch(/write@3 was accepted with token 5 after /);
    expect(verdict(back((value) => token(value, { key: value })))).toBe('satisfied');
    expect(verdict(back((value) => token(value, { key: value, place: 'x' })))).toMatch(/accepted in x /);
    expect(
      verdict(
        back((value) => ({ t: value })),
        { token: ({ input }) => input.t, place: () => 'y' },
      ),
    ).toMatch(/accepted in y with token 5 /);
    expect(() => verdict(back((value) => ({ t: value })))).toThrow(
      /^token finds nothing in input of write@1 \(a\)/,
    );
    expect(() =>
      verdict(
        back((value) => token(value)),
        { place: () => undefined },
      ),
    ).toThrow(/^place is undefined for write@1/);
  });

  it('takes whole numbers, as texts too, and finite ones alone', () => {
    expect(verdict([write('a', [1, 2], token('-5')), write('b', [3, 4], token('-7'))])).toMatch(
      /token -7 after write@1 with token -5/,
    );
    expect(verdict([write('a', [1, 2], token('12')), write('b', [3, 4], token('9'))])).toMatch(
      /token 9 after /,
    );
    for (const odd of ['5.5', ' 5', '5 ', '', 'x5'])
      expect(() => verdict([write('a', [1, 2], token(odd))])).toThrow(/number for write@1 \(a\), got "/);
    for (const odd of [NaN, Infinity])
      expect(() => verdict([write('a', [1, 2], token(1))], { token: () => odd })).toThrow(
        /got (NaN|Infinity)/,
      );
  });

  it('leaves out operations of other names, and those that did not end ok', () => {
    const newer = write('a', [1, 2], token(7));
    expect(verdict([newer, op('b look', [3, 4], { input: token(5) })])).toBe('satisfied');
    for (const end of ['failed', 'indefinite'] as const)
      expect(verdict([newer, op('b write', [3, 4], { input: token(5), end })])).toBe('satisfied');
  });

  it('orders writes that overlap by their revisions, if both have one', () => {
    const [newer, older] = [write('a', [1, 9], token(7), 20), write('b', [2, 8], token(5), 21)];
    expect(verdict([newer, older])).toMatch(
      /^violated by write@1, write@2: .*token 5 after write@1 with token 7/,
    );
    expect(revisionsOf(checks.fencing({ write: 'write' }), [newer, older])).toEqual([20, 21]);
    expect(verdict([newer, write('b', [2, 8], token(5), 19)])).toBe('satisfied');
    expect(verdict([newer, write('b', [2, 8], token(5), 20)])).toBe('satisfied');
    expect(verdict([newer, write('b', [2, 8], token(5))])).toBe('satisfied');
    const between = write('c', [3, 7], token(6), 20.5);
    expect(
      verdict([older, between, write('a', [1, 9], token(4), 20), write('d', [4, 6], token(6), 22)]),
    ).toMatch(/^violated by write@3, write@2: .*token 5 after write@3 with token 6/);
  });

  it('orders others by time: one ends before the other begins', () => {
    expect(verdict([write('a', [1, 3], token(7)), write('b', [3, 4], token(5))])).toBe('satisfied');
    expect(
      revisionsOf(checks.fencing({ write: 'write' }), [
        write('a', [1, 2], token(7)),
        write('b', [3, 4], token(5)),
      ]),
    ).toEqual([]);
  });

  it('shows the one that returned first, of all places', () => {
    const at = (who: string, times: readonly [number, number], value: number, key: string) =>
      write(who, times, token(value, { key }));
    const x = [at('a', [1, 2], 7, 'x'), at('b', [3, 20], 5, 'x'), at('b', [4, 15], 6, 'x')];
    const y = [at('c', [1.5, 2.5], 7, 'y'), at('d', [5, 9], 5, 'y')];
    expect(verdict(x)).toMatch(/^violated by write@1, write@4: /);
    expect(verdict([...x, ...y])).toMatch(/^violated by write@1.5, write@5: /);
    const z = [at('c', [0.5, 0.7], 7, 'z'), at('d', [5, 10], 5, 'z')];
    expect(verdict([...z, ...y])).toMatch(/^violated by write@1.5, write@5: /);
  });

  it('of holders gives no token twice for one key, and asks nothing of those that did nothing', () => {
    const fenced = make({ during: 'hold', fencing: ({ output }: { readonly output: Json }) => output });
    const hold = (times: readonly [number, number], output: Json, key: string) =>
      op('a hold', times, { output, input: { key } });
    expect(verdictOf(fenced, [hold([1, 2], 5, 'x'), hold([3, 4], 5, 'y'), hold([5, 6], null, 'x')])).toBe(
      'satisfied',
    );
    expect(verdictOf(fenced, [hold([1, 2], 5, 'x'), hold([3, 4], 5, 'x')])).toMatch(
      /^violated by hold@1, hold@3: hold@1 and hold@3 both held in x with token 5/,
    );
    expect(verdictOf(fenced, [hold([1, 2], 7, 'x'), hold([3, 4], 5, 'y')])).toBe('satisfied');
    const silent = make({ during: 'hold', fencing: () => undefined });
    expect(verdictOf(silent, [hold([1, 4], 5, 'x'), hold([2, 3], 5, 'x')])).toBe('satisfied');
    expect(fenced.description).toMatch(/tokens\.$/);
  });
});
