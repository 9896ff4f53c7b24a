/** The operations and values that a violation of a register names. The histories are in the order of their moments. */
import { describe, expect, it } from 'vitest';
import { checkRegisters, type RegisterOperation } from '../../../sim/check/register.js';
import { drawCalls, someOrder } from '../call-histories.js';
import { drawFrom } from '../queue-histories.js';
import { registerShape, registerType } from '../register-histories.js';
import { read, swap, write } from './operations.js';

function witnessOf(history: readonly RegisterOperation[]) {
  const finding = checkRegisters(history);
  if (finding.verdict !== 'violated') throw new Error(`expected a violation, got ${finding.verdict}`);
  return finding;
}

describe('two swaps of one value', () => {
  it('are named, also where there was no value', () => {
    const { operations, message } = witnessOf([swap('s1', null, '1', 1, 2), swap('s2', null, '2', 3, 4)]);
    expect(operations).toEqual(['s1', 's2']);
    expect(message).toMatch(/\bs1 and s2\b.* no value\b.* k\b/);
  });
});

describe('swaps that lead to one another in a circle', () => {
  it('are all named, and the value that the first found', () => {
    const alone = witnessOf([swap('s1', '1', '1', 1, 2)]);
    expect(alone.operations).toEqual(['s1']);
    const { operations, message } = witnessOf([swap('s1', '2', '1', 1), swap('s2', '1', '2', 1, 2)]);
    expect(operations).toEqual(['s1', 's2']);
    expect(message).toMatch(/^s1 found 2 in k\b/);
  });

  it('leave out the swaps that do not belong to it', () => {
    const apart = [write('7', 1, 2), swap('s8', '7', '8', 3, 4), swap('s0', null, '0', 0, 1)];
    const { operations } = witnessOf([...apart, swap('s1', '2', '1', 5, 6), swap('s2', '1', '2', 5, 6)]);
    expect(operations).toEqual(['s1', 's2']);
  });
});

describe('an operation that came too late for its place', () => {
  it('is named with the swap that had ended before', () => {
    const nothing = witnessOf([swap('s1', null, '1', 1, 2), read('r1', null, 3, 4)]);
    expect(nothing.operations).toEqual(['r1', 's1']);
    expect(nothing.message).toMatch(/^r1 read nothing from k\b.*\bs1\b.* 1\b/);
  });

  it('is named with the read that shows an unanswered swap, and that swap', () => {
    const history = [write('1', 1, 2), swap('s1', '1', '2', 3), read('r2', '2', 4, 5), read('r1', '1', 6, 7)];
    const { operations, message } = witnessOf(history);
    expect(operations).toEqual(['r1', 'r2', 's1']);
    expect(message).toMatch(/^r1 read 1 from k\b.*\br2 had ended\b.* 2\b/);
  });

  it('is named with the first swap after it that a later read shows', () => {
    const swaps = [swap('s2', '1', '2', 2), swap('s3', '2', '3', 2), swap('s4', '3', '4', 2)];
    const history = [write('1', 1), ...swaps, read('r4', '4', 3, 4), read('r1', '1', 5, 6)];
    const { operations, message } = witnessOf(history);
    expect(operations).toEqual(['r1', 'r4', 's2']);
    expect(message).toMatch(/^r1 read 1 from k\b.*\br4 had ended\b.* 2\b/);
  });

  it('may be a swap', () => {
    const open = [write('1', 1), swap('s2', '1', '2', 2)];
    const history = [...open, read('r2', '2', 3, 4), swap('s3', '2', '3', 3, 4), read('r3', '3', 4, 5)];
    expect(checkRegisters(history)).toEqual({ verdict: 'satisfied' });
    const { operations, message } = witnessOf([
      ...[write('1', 1, 2), swap('s2', '1', '2', 9, 10), swap('s3', '2', '3', 3), read('r3', '3', 4, 5)],
    ]);
    expect(operations).toContain('s2');
    expect(operations).toContain('r3');
    expect(message).toContain('s2');
  });
});

describe('two blocks of values that overlap', () => {
  it('are named with their values, first and last operations, and the swaps between', () => {
    const first = [write('1', 1, 2), swap('s2', '1', '2', 3, 4), swap('s3', '2', '3', 5, 6)];
    const other = [write('9', 7, 8), read('r9', '9', 9, 10)];
    const { operations, message } = witnessOf([...first, ...other, swap('s4', '3', '4', 11, 12)]);
    expect(operations).toEqual(['w1', 's4', 's2', 's3', 'w9', 'r9']);
    expect(message).toMatch(/^k\b.* 1 \(then 2, 3, 4\) from w1 to s4, .* 9 from w9 to r9\b/);
  });

  it('count the values of a long chain, and name its first swaps', () => {
    const chain = [2, 3, 4, 5, 6, 7, 8, 9].map((at) =>
      swap(`s${at}`, `${at - 1}`, `${at}`, 2 * at - 1, 2 * at),
    );
    const other = [write('a', 20, 21), read('ra', 'a', 22, 23)];
    const { operations, message } = witnessOf([
      ...[write('1', 1, 2), ...chain, ...other, swap('s10', '9', '10', 24, 25)],
    ]);
    expect(operations).toEqual(['w1', 's10', 's2', 's3', 's4', 's5', 's6', 'wa', 'ra']);
    expect(message).toMatch(/ 1 \(then 9 other values\) from w1 to s10\b/);
  });

  it('may begin with no value', () => {
    const { operations, message } = witnessOf([
      ...[swap('s1', null, '1', 1, 2), write('2', 3, 4), read('r2', '2', 5, 6), swap('s2', '1', '3', 7, 8)],
    ]);
    expect(operations).toEqual(['s2', 's1', 'w2', 'r2']);
    expect(message).toMatch(/ no value \(then 1, 3\) from the start to s2, .* 2 from w2 to r2\b/);
  });

  it('are named with the read that shows an unanswered write', () => {
    const { operations } = witnessOf([
      ...[
        write('1', 1),
        read('r1', '1', 2, 3),
        write('2', 4),
        read('r2', '2', 5, 6),
        read('again', '1', 7, 8),
      ],
    ]);
    expect(new Set(operations)).toEqual(new Set(['r1', 'w1', 'again', 'w2', 'r2']));
  });
});

describe('a block that lies within another', () => {
  it('is named with the operation that had ended', () => {
    const history = [write('1', 1, 2), write('2', 3, 10), read('r1', '1', 20, 21), read('rb', '2', 3, 12)];
    const { operations, message } = witnessOf(history);
    expect(operations).toEqual(['w1', 'r1', 'w2']);
    expect(message).toMatch(/^k\b.* 1 from w1 to r1, .* 2\b.*\(w2\)/);
  });
});

it('every violation stands by itself: no order fits the operations that it names and their writers', () => {
  let withSwaps = 0;
  for (let seed = 0; seed < 3_000; seed++) {
    const calls = drawCalls(drawFrom(seed), registerShape(true, 4));
    const finding = checkRegisters(calls);
    if (finding.verdict !== 'violated') continue;
    const kept = new Set(calls.filter(({ id }) => finding.operations.includes(id)));
    // Grows during the loop.
    for (const { call } of kept) {
      const found = call.kind === 'read' ? call.value : call.kind === 'swap' ? call.expected : null;
      const writer = calls.find((one) => one.call.kind !== 'read' && one.call.value === found);
      if (writer !== undefined) kept.add(writer);
    }
    expect(someOrder(registerType, [...kept]), `seed ${seed}: ${finding.message}`).toBe(false);
    if ([...kept].some(({ call }) => call.kind === 'swap')) withSwaps += 1;
  }
  expect(withSwaps).toBeGreaterThan(300);
});
