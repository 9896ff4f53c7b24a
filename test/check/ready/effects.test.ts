/** What must happen once: conserved sums, effects, slots. */

import { describe, expect, it } from 'vitest';
import { decimalOf, unitsOf } from '../../../sim/check/ready/decimal.js';
import { checks } from '../../../sim/check/ready/index.js';
import type { Json } from '../../../sim/input/json.js';
import { logOf, op, revisionsOf, verdictOf } from './histories.js';

const unsure = { end: 'indefinite' } as const;
const failed = { end: 'failed' } as const;

describe('a conserved sum', () => {
  const check = checks.conservedSum({ keys: 'account/', sum: 10 });
  const [a, b] = ['account/a', 'account/b'];
  const opened = [{ [a]: '4' }, { [b]: '6' }];
  const transfer = (revision?: number) =>
    op('w transfer', [1, 2], revision === undefined ? {} : { revision });

  it('is the same in every revision, once it is there', () => {
    const log = logOf(...opened, { [a]: '1', [b]: '9', note: 'x' }, { other: '100' });
    expect(verdictOf(check, [transfer(4)], { log })).toBe('satisfied');
  });

  it('is broken by the first revision with another sum, and by the operation that wrote it', () => {
    const log = logOf(...opened, { [a]: '1' }, { [b]: '9' });
    expect(verdictOf(check, [transfer(4)], { log })).toMatch(
      /^violated by transfer@1: the sum is 7 at revision 4, after transfer@1: expected 10 \(transfer@1 by w\)$/,
    );
    expect(verdictOf(check, [transfer()], { log })).toMatch(
      /^violated by : the sum is 7 at revision 4: expected 10$/,
    );
    expect(verdictOf(check, [transfer(4)], { log: logOf(...opened, { [b]: null }) })).toMatch(
      /the sum is 4 at revision 4/,
    );
    expect(verdictOf(check, [transfer(4)], { log: logOf(...opened, { [b]: 'six' }) })).toMatch(
      /account\/b is "six" at revision 4, after transfer@1: expected a decimal/,
    );
  });

  it('that never is there is broken, and one whose keys never are is not judged', () => {
    expect(verdictOf(check, [transfer()], { log: logOf({ [a]: '4' }, { [b]: '5' }) })).toMatch(
      /never is 10; at revision 3 it is 9/,
    );
    expect(verdictOf(check, [transfer()], { log: logOf({ acount: '4' }) })).toMatch(
      /^inconclusive: .*"account\/", got none/,
    );
    expect(verdictOf(check, [])).toBe('satisfied');
  });

  it('is exact, and takes amounts from where the options say', () => {
    const own = checks.conservedSum({
      keys: 'k',
      sum: '0.3',
      amount: ({ value }) => (JSON.parse(value) as { n: number }).n,
    });
    expect(verdictOf(own, [], { log: logOf({ k1: '{"n":0.1}', k2: '{"n":0.2}' }) })).toBe('satisfied');
    const large = checks.conservedSum({ keys: 'k', sum: '9007199254740993' });
    expect(verdictOf(large, [], { log: logOf({ k1: '9007199254740992', k2: '1' }, { k2: '2' }) })).toMatch(
      /the sum is 9007199254740994/,
    );
  });

  it('is written as people write it', () => {
    for (const text of ['0', '-12.5', '3', '0.000000000001'])
      expect(decimalOf(unitsOf(text) ?? 0n)).toBe(text);
    expect(['', '1e3', '.5', '0.0000000000001', 'NaN', null].map(unitsOf)).toEqual(Array(6).fill(undefined));
  });
});

describe('exactly once', () => {
  const check = checks.exactlyOnce({ operation: 'pay', effect: 'receipts/' });
  const pay = (times: readonly [number, number?], rest = {}) => op('a pay', times, rest);
  const receipt = (from: number) => ({ [`receipts/pay@${from}`]: '1' });

  it('happens what ended ok, never what failed, at most once everything else', () => {
    const log = logOf(receipt(1), receipt(3));
    const operations = [
      pay([1, 2], { revision: 2 }),
      pay([3, 4], unsure),
      pay([5, 6], unsure),
      pay([7]),
      pay([9, 10], failed),
    ];
    expect(verdictOf(check, operations, { log })).toBe('satisfied');
  });

  it.each([
    [
      'nothing happened',
      [pay([1, 2])],
      [],
      /^violated by pay@1: pay@1 ended ok and had no effect: expected one/,
    ],
    [
      'it happened twice',
      [pay([1, 2])],
      [receipt(1), receipt(1)],
      /pay@1 happened 2 times, at revision 2 and at revision 3: expected once/,
    ],
    ['it may have happened twice', [pay([1], unsure)], [receipt(1), receipt(1)], /happened 2 times/],
    [
      'it failed and happened',
      [pay([1, 2], failed)],
      [receipt(1)],
      /pay@1 failed and happened at revision 2: expected nothing/,
    ],
    [
      'it happened elsewhere',
      [pay([1, 2], { revision: 7 })],
      [receipt(1)],
      /ended ok at revision 7 but happened at revision 2/,
    ],
    [
      'nobody asked for it',
      [pay([1, 2])],
      [receipt(1), receipt(9)],
      /pay@9 happened at revision 3, but no operation asked for it/,
    ],
  ] as const)('is broken where %s', (_name, operations, changes, message) => {
    expect(verdictOf(check, operations, { log: logOf(...changes) })).toMatch(message);
  });

  it('counts the tries of one thing as one', () => {
    const own = checks.exactlyOnce({
      operation: 'pay',
      effect: ({ type, key, value }) => (type === 'put' && key === 'last' ? value : undefined),
      id: ({ input }) => input.order,
    });
    const tries = [pay([1, 2], { input: { order: 7 }, ...failed }), pay([3, 4], { input: { order: 7 } })];
    expect(verdictOf(own, tries, { log: logOf({ last: '7' }) })).toBe('satisfied');
    expect(verdictOf(own, tries, { log: logOf({ last: '7' }, { last: '7' }) })).toMatch(
      /^violated by pay@1, pay@3: 7 of pay@1 happened 2 times/,
    );
    expect(verdictOf(own, tries, { log: logOf() })).toMatch(/7 of pay@3 ended ok and had no effect/);
  });

  it('is put under the prefix: nothing else is an effect', () => {
    const log = logOf({ 'other/pay@1': '1' }, receipt(1), { 'receipts/pay@1': null }, { receipts: '1' });
    expect(verdictOf(check, [pay([1, 2])], { log })).toBe('satisfied');
    expect(verdictOf(check, [op('b look', [1, 2]), pay([3, 4])], { log: logOf(receipt(3)) })).toBe(
      'satisfied',
    );
  });

  it('is broken by an operation that had no effect, where others may have had one', () => {
    expect(verdictOf(check, [pay([1, 2])], { log: logOf() })).toMatch(
      /had no effect: expected one \(pay@1 by a\)$/,
    );
  });

  it('shows the revisions: both where they differ, and each effect where there are several', () => {
    const moved = [pay([1, 2], { revision: 7 })];
    expect(revisionsOf(check, moved, { log: logOf(receipt(1)) })).toEqual([2, 7]);
    expect(revisionsOf(check, moved, { log: logOf(receipt(1), receipt(1)) })).toEqual([2, 3]);
    expect(revisionsOf(check, [], { log: logOf(receipt(1)) })).toEqual([2]);
  });

  it('may have been at another revision than one of several tries told', () => {
    const own = checks.exactlyOnce({ operation: 'pay', effect: 'receipts/', id: () => 'x' });
    const log = logOf({ 'receipts/x': '1' });
    expect(verdictOf(own, [pay([1, 2], { revision: 7 }), pay([3, 4], unsure)], { log })).toBe('satisfied');
    expect(verdictOf(own, [pay([1, 2], { revision: 7 })], { log })).toMatch(
      /revision 7 but happened at revision 2/,
    );
    expect(verdictOf(own, [pay([1, 2], failed), pay([3, 4], failed)], { log })).toMatch(
      /x of pay@1 failed and happened/,
    );
    expect(verdictOf(own, [pay([1, 2], failed), pay([3], unsure)], { log })).toBe('satisfied');
  });

  it('tells a number from its text where an operation is the effect, and not where the log is', () => {
    const id = ({ input }: { readonly input: Json }) => input;
    const log = logOf({ 'receipts/7': '1' });
    const paid = pay([1, 2], { input: 7 });
    expect(
      verdictOf(checks.exactlyOnce({ operation: 'pay', effect: 'receipts/', id }), [paid], { log }),
    ).toBe('satisfied');
    const byOperation = checks.exactlyOnce({
      operation: 'pay',
      id,
      effect: { operation: 'done', of: ({ output }) => output as Json },
    });
    const done = (output: Json) => op('b done', [3, 4], { output });
    expect(verdictOf(byOperation, [paid, done(7)])).toBe('satisfied');
    expect(verdictOf(byOperation, [paid, done('7')])).toMatch(
      /^violated by done@3: .*7\b.* no operation asked for it/,
    );
    expect(() => verdictOf(byOperation, [pay([1, 2], { input: null })])).toThrow(
      /^id is null for pay@1 \(a\)/,
    );
  });

  describe('by other operations', () => {
    const handled = checks.exactlyOnce({
      operation: 'push',
      id: ({ input }) => input,
      effect: { operation: 'pop', of: ({ output }) => output.job },
    });
    const push = (from: number, input: string, rest = {}) =>
      op('a push', [from, from + 1], { input, ...rest });
    const pop = (from: number, job: string, rest = {}) =>
      op('b pop', [from, from + 1], { output: { job }, ...rest });

    it('each is handled by one of them', () => {
      expect(verdictOf(handled, [push(1, 'x'), pop(3, 'x')])).toBe('satisfied');
      expect(
        verdictOf(handled, [push(1, 'x'), pop(3, 'x'), op('c pop', [4, 5], { output: { job: 'x' } })]),
      ).toMatch(
        /^violated by push@1, pop@3, pop@4: x of push@1 happened 2 times, by pop@3 and by pop@4: .*pop@4 by c/,
      );
      expect(verdictOf(handled, [push(1, 'x'), push(3, 'y'), pop(5, 'x')])).toMatch(
        /y of push@3 ended ok and had no effect/,
      );
    });

    it('one without an answer may have handled one, and no more', () => {
      const two = [push(1, 'x'), push(3, 'y')];
      expect(verdictOf(handled, [...two, pop(5, 'x'), pop(7, '', unsure)])).toBe('satisfied');
      expect(verdictOf(handled, [...two, pop(7, '', unsure)])).toMatch(
        /and at most 1 operations can have an unseen effect/,
      );
      expect(verdictOf(handled, [...two, pop(5, 'x'), pop(7, '', failed)])).toMatch(/^violated/);
    });

    it('one without an answer whose input says for what hides nothing else', () => {
      const asked = checks.exactlyOnce({
        operation: 'push',
        id: ({ input }) => input,
        effect: { operation: 'pop', of: ({ input }) => input },
      });
      const open = op('b pop', [5], { input: 'x' });
      expect(verdictOf(asked, [push(1, 'x'), open])).toBe('satisfied');
      expect(verdictOf(asked, [push(1, 'y'), open])).toMatch(/^violated/);
    });
  });
});

describe('at most once per slot', () => {
  const check = checks.atMostOncePerSlot({ operation: 'run' });
  const run = (who: string, times: readonly [number, number?], slot: number, rest = {}) =>
    op(`${who} run`, times, { input: { slot }, ...rest });

  it('is done what is due', () => {
    expect(verdictOf(check, [run('a', [1, 2], 1), run('b', [3, 4], 2)])).toBe('satisfied');
    expect(verdictOf(check, [run('a', [1, 6], 1), run('b', [3, 4], 1)])).toMatch(
      /^violated by run@3, run@1: slot 1 was done twice, by run@3 and run@1: expected once \(run@3 by b, run@1 by a\)$/,
    );
  });

  it('does not count an operation that may not have done it', () => {
    expect(
      verdictOf(check, [
        run('a', [1, 2], 1),
        run('b', [3, 4], 1, unsure),
        run('c', [5], 1),
        run('d', [6, 7], 1, failed),
      ]),
    ).toBe('satisfied');
  });

  it('has its slots where the options say', () => {
    const own = checks.atMostOncePerSlot({ operation: 'run', slot: ({ output }) => output.minute });
    const at = (from: number, minute: number) => op('a run', [from, from + 1], { output: { minute } });
    expect(verdictOf(own, [at(1, 1), at(3, 2), op('b run', [5, 6], unsure)])).toBe('satisfied');
    expect(verdictOf(own, [at(1, 1), at(3, 1)])).toMatch(/^violated/);
  });
});
