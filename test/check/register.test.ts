import { describe, expect, it } from 'vitest';
import { checkLinearizable } from '../../sim/check/linearizable.js';
import { checkRegisters, type RegisterOperation } from '../../sim/check/register.js';
import { drawCalls, someOrder } from './call-histories.js';
import { drawFrom } from './queue-histories.js';
import { registerShape, registerType } from './register-histories.js';
import { read, swap, write } from './register/operations.js';

describe('the register checker', () => {
  it.each([
    ['reads and writes', false, 0],
    ['reads and writes, some without an answer', false, 4],
    ['reads, writes and swaps', true, 0],
    ['reads, writes and swaps, some without an answer', true, 4],
  ])('gives the same answer as trying all orders: %s', (_, swaps, oneOpenOf) => {
    let possible = 0;
    for (let seed = 0; seed < 4_000; seed++) {
      const calls = drawCalls(drawFrom(seed), registerShape(swaps, oneOpenOf));
      const expected = someOrder(registerType, calls);
      if (expected) possible += 1;
      const finding = checkRegisters(calls);
      expect(finding.verdict, `seed ${seed}: ${JSON.stringify(calls)}`).toBe(
        expected ? 'satisfied' : 'violated',
      );
      if (finding.verdict !== 'violated') continue;
      const witness = calls.filter(({ id }) => finding.operations.includes(id));
      expect(witness.length, `seed ${seed}`).toBe(finding.operations.length);
    }
    expect(possible).toBeGreaterThan(1_500);
    expect(possible).toBeLessThan(3_700);
  });

  it('names at most four reads and writes, which no order explains together with their writes', () => {
    let violations = 0;
    for (let seed = 0; seed < 3_000; seed++) {
      const calls = drawCalls(drawFrom(seed), registerShape(false, 4));
      const finding = checkRegisters(calls);
      if (finding.verdict !== 'violated') continue;
      violations += 1;
      expect(finding.operations.length).toBeLessThanOrEqual(4);
      const named = calls.filter(({ id }) => finding.operations.includes(id));
      const values = new Set(named.map(({ call }) => call.value));
      const witness = calls.filter(
        (one) => named.includes(one) || (one.call.kind === 'write' && values.has(one.call.value)),
      );
      expect(someOrder(registerType, witness), `seed ${seed}: ${finding.message}`).toBe(false);
    }
    expect(violations).toBeGreaterThan(300);
  });

  it.each([
    ['reads and writes', false],
    ['reads, writes and swaps', true],
  ])('agrees with the search through orders on longer histories of %s', (_, swaps) => {
    let possible = 0;
    for (let seed = 0; seed < 200; seed++) {
      const calls = drawCalls(drawFrom(seed), { ...registerShape(swaps, 10), callsMax: 60, overlap: 30 });
      const search = checkLinearizable({ type: registerType, calls, describe: ({ kind }) => kind });
      if (search.verdict === 'satisfied') possible += 1;
      expect(checkRegisters(calls).verdict, `seed ${seed}`).toBe(search.verdict);
    }
    expect(possible).toBeGreaterThan(40);
    expect(possible).toBeLessThan(160);
  });

  it('names two values that must have been there at the same time', () => {
    const history = [write('1', 1, 2), write('2', 3, 4), read('r1', '2', 5, 6), read('r2', '1', 7, 8)];
    expect(checkRegisters(history)).toEqual({
      verdict: 'violated',
      message: 'k must have held 1 from w1 to r2, and 2 from w2 to r1, which overlap',
      operations: ['w1', 'r2', 'w2', 'r1'],
      revisions: [],
    });
  });

  it('finds a read of nothing after a finished write', () => {
    expect(checkRegisters([write('1', 1, 2), read('r1', null, 3, 4)])).toMatchObject({
      verdict: 'violated',
      message: 'k must have held no value from the start to r1, yet 1 only within that time (w1)',
    });
  });

  it('finds two that replaced the same value, and a value that was read after it had been replaced', () => {
    expect(
      checkRegisters([write('1', 1, 2), swap('s1', '1', '2', 3, 4), swap('s2', '1', '3', 5, 6)]),
    ).toMatchObject({
      message: 's1 and s2 both found 1 in k and replaced it',
    });
    expect(checkRegisters([write('1', 1, 2), swap('s1', '1', '2', 3, 4), read('r1', '1', 5, 6)])).toEqual({
      verdict: 'violated',
      message: 'r1 read 1 from k after s1 had ended, which shows that the later 2 was already there',
      operations: ['r1', 's1'],
      revisions: [],
    });
    expect(checkRegisters([swap('s1', '2', '1', 1, 2), swap('s2', '1', '2', 1, 2)])).toMatchObject({
      message: 's1 found 2 in k, which can only result from its own write',
    });
  });

  it('names the operation that shows that an unanswered swap happened, if two replaced the same value', () => {
    const history = [swap('s2', null, '2', 1), swap('s3', null, '3', 2, 3), read('r1', '2', 4, 5)];
    expect(checkRegisters(history)).toMatchObject({ verdict: 'violated', operations: ['s2', 'r1', 's3'] });
  });

  it('finds values that were never written, and values read before they were written', () => {
    expect(checkRegisters([read('r1', '1', 3, 4)])).toMatchObject({
      message: 'r1 found 1 in k, which nobody wrote',
    });
    expect(checkRegisters([read('r1', '1', 1, 2), write('1', 3, 4)])).toMatchObject({
      message: 'r1 found 1 in k before w1 began to write it',
    });
  });

  it('leaves it to the search through orders if a value was written twice', () => {
    const twice = [write('1', 1, 2), write('2', 3, 4), { ...write('1', 5, 6), id: 'again' }];
    expect(checkRegisters([...twice, read('r1', '1', 7, 8)])).toEqual({ verdict: 'satisfied' });
    expect(checkRegisters([...twice, read('r1', '2', 7, 8)])).toMatchObject({
      verdict: 'violated',
      message: 'r1 (read 2 from k) fits into no order of k',
    });
  });

  it('decides in spite of many unanswered reads', () => {
    const unanswered = Array.from({ length: 40 }, (_, at) => read(`open${at}`, String(at % 3), 1));
    const twice = [write('1', 1, 2), write('2', 3, 4), { ...write('1', 5, 6), id: 'again' }];
    expect(checkRegisters([...unanswered, ...twice, read('r1', '2', 7, 8)])).toMatchObject({
      verdict: 'violated',
      message: 'r1 (read 2 from k) fits into no order of k',
    });
    expect(checkRegisters([...unanswered, ...twice, read('r1', '1', 7, 8)])).toEqual({
      verdict: 'satisfied',
    });
  });

  it('gives up on a key with too many orders, unless another key is wrong', () => {
    const hard = [
      ...Array.from({ length: 40 }, (_, at) => ({ ...write(String(at % 20), 1, 100), id: `write${at}` })),
      read('never', 'x', 101, 102),
    ];
    const onKey = (name: string, operations: readonly RegisterOperation[]): RegisterOperation[] =>
      operations.map((one) => ({ ...one, id: `${name}-${one.id}`, call: { ...one.call, key: name } }));
    const good = onKey('good', [write('1', 1, 2), read('r1', '1', 3, 4)]);
    const bad = onKey('bad', [write('1', 1, 2), read('r1', null, 3, 4)]);
    const first = { verdict: 'inconclusive', reason: expect.stringContaining(' of hard ') as string };
    expect(checkRegisters([...onKey('hard', hard), ...good, ...onKey('hard too', hard)])).toEqual(first);
    expect(checkRegisters([...onKey('hard', hard), ...bad])).toMatchObject({
      verdict: 'violated',
      operations: ['bad-r1', 'bad-w1'],
    });
  });

  it('judges every key separately', () => {
    const other = (operation: RegisterOperation): RegisterOperation => ({
      ...operation,
      id: `${operation.id}'`,
      call: { ...operation.call, key: 'other' },
    });
    const good = [write('1', 1, 2), read('r1', '1', 3, 4)];
    const bad = [other(write('1', 1, 2)), other(read('r1', null, 3, 4))];
    expect(checkRegisters([...good, ...good.map(other)])).toEqual({ verdict: 'satisfied' });
    expect(checkRegisters([...good, ...bad])).toMatchObject({ operations: ["r1'", "w1'"] });
  });
});
