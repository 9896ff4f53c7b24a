/** What the search through orders tells of the call that does not fit, and when it stops. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_SEARCH_BUDGET, Search } from '../../../sim/check/linearizable/search.js';
import { registerType } from '../../../sim/check/register/certify.js';
import type { RegisterOperation } from '../../../sim/check/register.js';
import { read, write } from '../register/operations.js';

function judge(calls: readonly RegisterOperation[], budget: Partial<typeof DEFAULT_SEARCH_BUDGET> = {}) {
  const search = new Search(registerType, { ...DEFAULT_SEARCH_BUDGET, ...budget });
  return { result: search.judge(calls), steps: search.steps };
}

function reasonOf({ result }: ReturnType<typeof judge>): string {
  if (result.kind !== 'gave up') throw new Error(`expected that it gives up, got ${result.kind}`);
  return result.reason;
}

describe('the call that fits into no order', () => {
  it('comes with the last three before it, those under way, and those without an answer', () => {
    const early = [1, 2, 3, 4].map((value) => write(`${value}`, 10 * value, 10 * value + 1));
    const open = write('open', 5);
    const wrong = read('wrong', '1', 50, 52);
    const underWay = write('late', 51, 60);
    const { result } = judge([...early, open, wrong, underWay, read('after', 'late', 70, 71)]);
    if (result.kind !== 'impossible') throw new Error(`expected impossible, got ${result.kind}`);
    expect(result.call).toBe(wrong);
    expect(result.before).toEqual(['w2', 'w3', 'w4']);
    expect(result.underWay).toEqual([underWay]);
    expect(result.open).toEqual([open]);
  });

  it('is the first by its return', () => {
    const wrong = [read('later', '8', 1, 5), read('sooner', '9', 2, 4)];
    expect(judge(wrong).result).toMatchObject({ kind: 'impossible', call: { id: 'sooner' }, before: [] });
  });
});

describe('a call that begins as another ends', () => {
  it('overlaps it', () => {
    expect(judge([write('1', 1, 2), read('r1', null, 2, 3)]).result.kind).toBe('possible');
    expect(judge([read('r1', null, 2, 3), write('1', 1, 2)]).result.kind).toBe('possible');
    expect(judge([write('1', 1, 2), read('r1', null, 3, 4)]).result.kind).toBe('impossible');
  });
});

describe('equal calls without an answer', () => {
  it('happen in the order in which they began, each at most once', () => {
    const twice = [
      { ...write('1', 1), id: 'first' },
      { ...write('1', 2), id: 'second' },
    ];
    const reads = [read('r1', '1', 10, 11), read('r2', '2', 14, 15), read('r3', '1', 16, 17)];
    const other = write('2', 12, 13);
    expect(judge([...twice, ...reads, other]).result.kind).toBe('possible');
    const third = [write('3', 18, 19), read('r4', '1', 20, 21)];
    expect(judge([...twice, ...reads, other, ...third]).result.kind).toBe('impossible');
  });

  it('cost less than calls that differ', () => {
    const open = (value: (at: number) => string) =>
      Array.from({ length: 8 }, (_, at) => ({ ...write(value(at), 1), id: `o${at}` }));
    const ends = [read('never', 'x', 10, 11)];
    const alike = judge([...open(() => 'a'), ...ends]);
    const different = judge([...open((at) => `a${at}`), ...ends]);
    expect([alike.result.kind, different.result.kind]).toEqual(['impossible', 'impossible']);
    expect(8 * alike.steps).toBeLessThan(different.steps);
  });
});

describe('its budget', () => {
  const many = Array.from({ length: 10 }, (_, at) => write(`${at}`, 1, 100));

  it('is used up to the last step', () => {
    const { result, steps } = judge(many);
    expect(result.kind).toBe('possible');
    expect(judge(many, { stepsMax: steps }).result.kind).toBe('possible');
    expect(reasonOf(judge(many, { stepsMax: steps - 1 }))).toContain(`${steps - 1} steps`);
  });

  it('counts configurations, those of before the call included', () => {
    const two = [write('1', 1, 10), write('2', 1, 11)];
    const fits = (configurationsMax: number) => judge(two, { configurationsMax }).result.kind;
    expect(fits(1)).toBe('gave up');
    expect(fits(100)).toBe('possible');
    const least = Array.from({ length: 100 }, (_, at) => at).find((max) => fits(max) === 'possible') ?? 0;
    const over = judge(two, { configurationsMax: least - 1 });
    expect(reasonOf(over)).toContain(`${least - 1} configurations`);
  });

  it('counts bytes', () => {
    expect(reasonOf(judge(many, { memoryMaxBytes: 10_000 }))).toContain('10000 bytes');
  });

  it('does not hide an error of the type', () => {
    const broken = {
      ...registerType,
      apply: () => {
        throw new RangeError('of the type');
      },
    };
    const search = new Search(broken, DEFAULT_SEARCH_BUDGET);
    expect(() => search.judge([write('1', 1, 2)])).toThrow(RangeError);
  });
});

it('uses the place of a call again once it is over', () => {
  // More calls than a number has bits, two at a time.
  const calls = Array.from({ length: 200 }, (_, at) => write(`${at}`, 2 * at, 2 * at + 3));
  const { result, steps } = judge([...calls, read('r1', '199', 1_000, 1_001)]);
  expect(result.kind).toBe('possible');
  expect(steps).toBeLessThan(10 * calls.length);
});
