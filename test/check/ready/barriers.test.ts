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
