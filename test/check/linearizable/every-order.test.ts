/** The search that certifies violations, on histories with a known answer. */
import { describe, expect, it } from 'vitest';
import { everyOrder } from '../../../sim/check/linearizable/every-order.js';
import { registerType } from '../../../sim/check/register/certify.js';
import { drawCalls, someOrder } from '../call-histories.js';
import { drawFrom } from '../queue-histories.js';
import { registerShape } from '../register-histories.js';
import { read, swap, write } from '../register/operations.js';

const judge = (...calls: Parameters<typeof everyOrder<string | null, ReturnType<typeof read>['call']>>[1]) =>
  everyOrder(registerType, calls);

describe('calls one after the other', () => {
  it('have one order at most', () => {
    expect(judge()).toBe('possible');
    expect(judge(write('1', 1, 2), read('r1', '1', 3, 4))).toBe('possible');
    expect(judge(write('1', 1, 2), read('r1', null, 3, 4))).toBe('impossible');
  });

  it('may be given in any order', () => {
    expect(judge(read('r1', '1', 3, 4), write('1', 1, 2))).toBe('possible');
    expect(judge(read('r1', null, 3, 4), write('1', 1, 2))).toBe('impossible');
  });
});

describe('calls at the same time', () => {
  it('have any order, also those that touch: one begins as the other ends', () => {
    expect(judge(write('1', 1, 5), read('r1', null, 2, 3))).toBe('possible');
    expect(judge(write('1', 1, 5), read('r1', '1', 2, 3))).toBe('possible');
    expect(judge(write('1', 1, 2), read('r1', null, 2, 3))).toBe('possible');
  });

  it('need one order that explains them all', () => {
    const writes = [write('1', 1, 9), write('2', 1, 9)];
    expect(judge(...writes, read('r1', '1', 10, 11), read('r2', '1', 12, 13))).toBe('possible');
    expect(judge(...writes, read('r1', '1', 10, 11), read('r2', '2', 12, 13))).toBe('impossible');
  });
});

describe('a call without an answer', () => {
  it('may have happened, at any time after it began, or never', () => {
    expect(judge(write('1', 1), read('r1', null, 2, 3), read('r2', '1', 4, 5))).toBe('possible');
    expect(judge(write('1', 1), read('r1', null, 2, 3))).toBe('possible');
    expect(judge(read('r1', '1', 2, 3), write('1', 4))).toBe('impossible');
    expect(judge(swap('s1', '7', '1', 1), read('r1', '1', 2, 3))).toBe('impossible');
  });
});

it('agrees with a search that remembers nothing', () => {
  let possible = 0;
  for (let seed = 0; seed < 1_000; seed++) {
    const calls = drawCalls(drawFrom(seed), registerShape(true, 4));
    const expected = someOrder(registerType, calls);
    if (expected) possible += 1;
    expect(judge(...calls), `seed ${seed}`).toBe(expected ? 'possible' : 'impossible');
  }
  expect(possible).toBeGreaterThan(300);
  expect(possible).toBeLessThan(900);
});

it('tries each combination of finished calls and state once, so that many reads end in time', () => {
  const reads = Array.from({ length: 12 }, (_, at) => read(`r${at}`, null, 1, 100));
  // 2 ** 12 combinations of 12 places each; without the memory there are 12! orders.
  const text = 2 ** 12 * (12 + 3);
  const calls = [...reads, read('never', '7', 1, 100)];
  expect(everyOrder(registerType, calls, text)).toBe('impossible');
  expect(everyOrder(registerType, calls, text / 4)).toBe('gave up');
});
