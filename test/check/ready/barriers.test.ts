/** Barriers and double barriers. */
import { describe, expect, it } from 'vitest';
import { checks } from '../../../sim/check/ready/index.js';
import { op, verdictOf } from './histories.js';

const at = (barrier: string) => ({ input: { barrier } });
const unsure = { end: 'indefinite' } as const;

describe('a barrier', () => {
  const check = checks.barrier({ wait: 'wait', release: 'release' });

  it('is passed once its release has begun', () => {
    expect(verdictOf(check, [op('a wait', [1, 5]), op('b release', [4, 6])])).toBe('satisfied');
    expect(verdictOf(check, [op('a wait', [1, 3]), op('b release', [4, 6])])).toMatch(
      /^violated by wait@1: wait@1 passed the barrier before any release began \(wait@1 by a\)/,
    );
  });

  it('may have been released by a release that has no answer, and not by one that failed', () => {
    expect(verdictOf(check, [op('b release', [1, 2], unsure), op('a wait', [3, 5])])).toBe('satisfied');
    expect(verdictOf(check, [op('b release', [1]), op('a wait', [3, 5])])).toBe('satisfied');
    expect(verdictOf(check, [op('b release', [1, 2], { end: 'failed' }), op('a wait', [3, 5])])).toMatch(
      /^violated/,
    );
  });

  it('is not passed by a wait that never returned', () => {
    expect(verdictOf(check, [op('a wait', [1, 3], unsure), op('b wait', [2])])).toBe('satisfied');
  });

  it('is one of several, and may be closed by an operation', () => {
    const held = checks.barrier({ wait: 'wait', release: 'release', hold: 'hold' });
    const hold = op('b hold', [1, 2], at('x'));
    expect(verdictOf(held, [op('a wait', [0, 3], at('x')), op('a wait', [3.5, 4], at('y')), hold])).toBe(
      'satisfied',
    );
    expect(verdictOf(held, [hold, op('a wait', [3, 4], at('x'))])).toMatch(
      /^violated by hold@1, wait@3: wait@3 passed x, which hold@1 held, before any release began/,
    );
    const unsureHold = op('b hold', [1, 2], { ...unsure, ...at('x') });
    expect(verdictOf(held, [unsureHold, op('a wait', [3, 4], at('x'))])).toBe('satisfied');
  });
});

describe('a barrier that is closed from the beginning', () => {
  const make = (options = {}) => checks.barrier({ wait: 'wait', release: 'release', ...options });

  it('is so before the first operation, and open after a release that was the first', () => {
    expect(verdictOf(make(), [op('a wait', [0, 0.5]), op('b release', [3, 4])])).toMatch(
      /^violated by wait@0/,
    );
    expect(verdictOf(make(), [op('b release', [0, 0.5]), op('a wait', [3, 4])])).toBe('satisfied');
  });

  it('is not about operations of other names', () => {
    const own = make({ barrier: ({ input }: { readonly input: { readonly at: string } }) => input.at });
    const at = { input: { at: 'x' } };
    expect(
      verdictOf(own, [op('c look', [1, 2]), op('b release', [1, 2], at), op('a wait', [3, 4], at)]),
    ).toBe('satisfied');
    expect(() => verdictOf(make({ barrier: () => undefined }), [op('a wait', [3, 4])])).toThrow(
      /^barrier is undefined for wait@3 \(a\)/,
    );
  });

  it('may be opened late by a release without an answer, even after it was closed again', () => {
    const held = make({ hold: 'hold' });
    const again = [op('b hold', [3, 4]), op('a wait', [5, 6])];
    expect(verdictOf(held, [op('b release', [1, 2], unsure), ...again])).toBe('satisfied');
    expect(verdictOf(held, [op('b release', [1, 2]), ...again])).toMatch(/^violated by hold@3, wait@5: /);
  });
});

describe('a double barrier', () => {
  const check = checks.doubleBarrier({ enter: 'enter', leave: 'leave', quit: 'close', count: 2 });

  it('lets in when enough have come, and out when all have left', () => {
    const entered = [op('a enter', [1, 5]), op('b enter', [2, 4])];
    const left = [op('a leave', [6, 9]), op('b leave', [7, 10])];
    expect(verdictOf(check, [...entered, ...left])).toBe('satisfied');
    expect(verdictOf(check, [op('a enter', [1, 3]), op('b enter', [4, 5])])).toMatch(
      /^violated by enter@1: enter@1 entered the barrier when only 1 of 2 had come \(enter@1 by a\)/,
    );
    const early = [...entered, op('a leave', [6, 7]), op('b leave', [8, 10])];
    expect(verdictOf(check, early)).toMatch(
      /^violated by enter@1, enter@2: a left the barrier after enter@1 while b was still inside \(enter@2\)/,
    );
  });

  it('does not wait for one that quits', () => {
    const entered = [op('a enter', [1, 5]), op('b enter', [2, 4])];
    expect(verdictOf(check, [...entered, op('b close', [6, 6.5]), op('a leave', [7, 8])])).toBe('satisfied');
  });

  it('counts one that may have entered, and one whose session was lost, for as long as they may linger', () => {
    const late = [op('b enter', [6, 8]), op('c look', [0, 0.5])];
    expect(verdictOf(check, [op('a enter', [1, 2], unsure), ...late])).toBe('satisfied');
    expect(verdictOf(check, [op('a enter', [1]), ...late])).toBe('satisfied');
    expect(verdictOf(check, [op('a enter', [1, 2], { end: 'failed' }), ...late])).toMatch(
      /^violated by enter@6/,
    );
    const lost = { kind: 'failed', error: { name: 'SessionLostError', message: 'lost' } } as const;
    expect(verdictOf(check, [{ ...op('a enter', [1, 2]), outcome: lost }, ...late])).toBe('satisfied');
    const own = checks.doubleBarrier({ enter: 'enter', leave: 'leave', count: 2, lingers: () => true });
    expect(verdictOf(own, [op('a enter', [1, 2], { end: 'failed' }), ...late])).toBe('satisfied');
  });

  it('is one of several', () => {
    const operations = [op('a enter', [1, 3], at('x')), op('b enter', [2, 4], at('y'))];
    expect(verdictOf(check, operations)).toMatch(/entered x when only 1 of 2/);
    const same = checks.doubleBarrier({ enter: 'enter', leave: 'leave', count: 2, barrier: () => 'all' });
    expect(verdictOf(same, operations)).toBe('satisfied');
  });
});

describe('a stay at a double barrier', () => {
  const make = (count: number, options = {}) =>
    checks.doubleBarrier({ enter: 'enter', leave: 'leave', quit: 'close', count, ...options });
  const both = [op('a enter', [1, 5]), op('b enter', [2, 4])];

  it('ends with a leave or a quit of its node, and with no other operation', () => {
    const looked = [...both, op('a look', [5.2, 5.4]), op('a leave', [6, 7]), op('b leave', [8, 9])];
    expect(verdictOf(make(2), looked)).toMatch(/^violated by enter@1, enter@2: a left /);
    expect(verdictOf(make(2), [op('a close', [0, 0.5]), ...both])).toBe('satisfied');
    expect(verdictOf(make(2), [op('a look', [1, 2]), op('b enter', [1.5, 3])])).toMatch(
      /^violated by enter@1.5: .* only 1 of 2 /,
    );
  });

  it('ends where its node enters again', () => {
    const again = [...both, op('b close', [5.5, 5.6]), op('a enter', [6, 7])];
    expect(verdictOf(make(2), again)).toMatch(/^violated by enter@6: enter@6 .* only 1 of 2 /);
    const unsureAgain = [...both, op('a enter', [6, 7], unsure), op('c enter', [8, 9])];
    expect(verdictOf(make(4), unsureAgain)).toMatch(/^violated by /);
    expect(verdictOf(make(3), [op('c enter', [1, 5]), ...unsureAgain])).toBe('satisfied');
  });

  it('has not surely ended where a leave failed, and its node was not surely inside', () => {
    const aside = op('a leave', [6, 7], { end: 'failed' });
    expect(verdictOf(make(2), [...both, aside, op('b leave', [8, 9])])).toBe('satisfied');
    const inside = op('b leave', [8, 9], { end: 'failed' });
    expect(verdictOf(make(2), [...both, op('a leave', [6, 7]), inside])).toBe('satisfied');
  });

  it('may last longer for those who count, where a leave has no answer', () => {
    const after = op('c enter', [10, 11]);
    const gone = op('b close', [6, 7]);
    const left = (rest: object) => [...both, gone, op('a leave', [6, 9], rest), after];
    expect(verdictOf(make(2), left(unsure))).toBe('satisfied');
    expect(verdictOf(make(2), left({ end: 'failed' }))).toMatch(/^violated by enter@10: /);
    expect(verdictOf(make(2), left({}))).toMatch(/^violated by enter@10: /);
    expect(verdictOf(make(2, { lingers: () => false }), left(unsure))).toMatch(/^violated by enter@10: /);
    const again = (rest: object) => [...left(rest).slice(0, -1), op('a enter', [10, 11])];
    expect(verdictOf(make(2), again(unsure))).toBe('satisfied');
    expect(verdictOf(make(2), again({}))).toMatch(/^violated by enter@10: /);
  });

  it('leaves a member for each try that may have happened, beside the one that was let in', () => {
    const tries = [op('a enter', [1, 2], unsure), op('a enter', [3, 4])];
    expect(verdictOf(make(2), tries)).toBe('satisfied');
    expect(verdictOf(make(3), tries)).toMatch(/^violated by enter@3, enter@1: .* only 2 of 3 /);
  });

  it('begins with its first try, unless a try never came back', () => {
    const other = [op('b enter', [0.5, 2.2]), op('b close', [2.5, 2.6])];
    const check = make(2, { lingers: () => false });
    const again = op('a enter', [3, 5]);
    expect(verdictOf(check, [...other, op('a enter', [1, 2], unsure), again])).toBe('satisfied');
    const third = [op('a enter', [1, 2], unsure), op('a enter', [2.7, 2.8], unsure), again];
    expect(verdictOf(check, [...other, ...third])).toBe('satisfied');
    expect(verdictOf(check, [...other, op('a enter', [1]), again])).toMatch(/^violated by enter@3/);
    expect(verdictOf(check, [...other, op('a enter', [1, 2], { end: 'failed' }), again])).toMatch(
      /^violated by enter@3/,
    );
  });
});

it('a node that entered too early is shown with how many nodes were there, and with four of them at most', () => {
  const check = checks.doubleBarrier({ enter: 'enter', leave: 'leave', count: 9 });
  const nodes = ['a', 'b', 'c', 'd', 'e', 'f'];
  const all = nodes.map((node, index) => op(`${node} enter`, index === 5 ? [6, 7] : [index]));
  expect(verdictOf(check, all)).toMatch(
    /^violated by enter@6(, enter@[0-4]){4}: enter@6 entered the barrier when only 6 of 9 had come/,
  );
});
