/** Updates count for their key; reads find them; the message about a lost one names it. */

import { describe, expect, it } from 'vitest';
import { checks, type NoLostUpdateOptions } from '../../../sim/check/ready/index.js';
import type { LogEntry, Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import { logOf, op, revisionsOf, verdictOf, type Told } from './histories.js';

const unsure = { end: 'indefinite' } as const;
const make = (options: Partial<NoLostUpdateOptions> = {}) =>
  checks.noLostUpdate({ update: 'add', ...options });
const add = (from: number, input: Json, rest: Told = {}) => op('a add', [from, from + 1], { input, ...rest });

function verdict(operations: readonly Operation[], log: readonly LogEntry[], options = {}) {
  return verdictOf(make({ key: 'n', ...options }), operations, { log });
}

describe('the key of an update', () => {
  const log = logOf({ m: '1', counter: '1' }, { n: '1' }, { n: '2' });

  it('is the field key of the input, and each key is judged', () => {
    const good = [add(1, { key: 'm' }), add(3, { key: 'n' }), add(5, { key: 'n' })];
    expect(verdictOf(make(), good, { log })).toBe('satisfied');
    expect(verdictOf(make(), [...good, add(7, { key: 'n' })], { log })).toMatch(
      /^violated by add@3, add@5, add@7: n ends at 2 after 3 additions: expected 3 /,
    );
    expect(() => verdictOf(make(), [add(1, { by: 1 })], { log })).toThrow(
      /^key finds nothing in input of add@1/,
    );
  });

  it('lies where a function says', () => {
    const own = make({ key: ({ input }) => input.of });
    expect(verdictOf(own, [add(1, { of: 'm' })], { log })).toBe('satisfied');
    expect(verdictOf(own, [add(1, { of: 'm', by: 4 })], { log })).toMatch(
      /m ends at 1 after 1 additions.* 4 more/,
    );
    expect(() => verdictOf(own, [add(1, { of: null })], { log })).toThrow(/^key is null for add@1 \(a\)/);
  });

  it('may be absent from the log where no update surely happened', () => {
    const absent = add(1, { key: 'countr' }, unsure);
    expect(verdictOf(make(), [absent, add(3, { key: 'm' })], { log })).toBe('satisfied');
    expect(verdictOf(make(), [absent, add(3, { key: 'm', by: 9 })], { log })).toMatch(
      /^violated by add@3: m /,
    );
    expect(verdictOf(make(), [absent, add(3, { key: 'countr' })], { log })).toMatch(
      /^inconclusive: .*\bcountr in the log.*did you mean counter\?/,
    );
  });

  it('is not that of operations of other names, or of those that failed', () => {
    expect(verdict([op('b look', [1, 2], { input: 5 }), add(3, 2)], logOf({ n: '2' }))).toBe('satisfied');
    expect(verdict([add(1, 5, { end: 'failed' }), add(3, 2)], logOf({ n: '2' }))).toBe('satisfied');
  });
});

describe('an addition', () => {
  it('adds the input, its field by, 1, or what the options say', () => {
    const log = logOf({ n: '7' });
    expect(verdict([add(1, 4), add(3, { by: '2' }), add(5, { at: 0 })], log)).toBe('satisfied');
    expect(
      verdict([add(1, { size: 7 })], log, { by: ({ input }: { input: { size: number } }) => input.size }),
    ).toBe('satisfied');
    expect(() => verdict([add(1, { by: 'much' })], log)).toThrow(/decimal for add@1 \(a\)/);
  });

  it('is exact for decimals', () => {
    expect(verdict([add(1, { by: '0.1' }), add(3, { by: '0.2' })], logOf({ n: '0.3' }))).toBe('satisfied');
  });

  it('at its revision starts from what was there just before', () => {
    const at = (revision: number, by = 1) => add(revision, by, { revision });
    expect(verdict([at(2)], logOf({ n: '5' }))).toMatch(
      /^violated by add@2: add@2 added 1 to n at revision 2 and made it 5 from nothing: expected 1\b/,
    );
    expect(verdict([at(3)], logOf({ n: '5' }, { n: '7' }))).toMatch(
      /^violated by add@3: add@3 added 1 to n at revision 3 and made it 7 from 5: expected 6\b/,
    );
    expect(verdict([at(3)], logOf({ n: '5' }, { n: null }))).toMatch(/made it nothing from 5: expected 6\b/);
    expect(verdict([at(3)], logOf({ n: 'five' }, { n: '6' }))).toMatch(
      /made it 6 from five: expected a decimal/,
    );
    expect(verdict([at(3), at(4)], logOf({ n: '0' }, { n: '1' }, { n: '3' }))).toMatch(
      /add@4 added 1 .* it 3 from 1, which add@3 had written: expected 2\b/,
    );
  });

  it('at its revision is shown with that and the one before', () => {
    const check = make({ key: 'n' });
    const one = [add(1, 1, { revision: 3 })];
    expect(revisionsOf(check, one, { log: logOf({ n: '5' }, { n: '7' }) })).toEqual([2, 3]);
    expect(revisionsOf(check, [add(1, 1, { revision: 2 })], { log: logOf({ n: '5' }) })).toEqual([2]);
    expect(revisionsOf(check, [add(1, 1)], { log: logOf({ n: '0' }, { n: '7' }) })).toEqual([3]);
  });

  it('at a revision that is not of its key counts for the total alone', () => {
    const log = logOf({ n: '0' }, { n: '1' }, { m: '9' });
    expect(verdict([add(1, 1, { revision: 4 })], log)).toBe('satisfied');
    expect(verdict([add(1, 2, { revision: 4 })], log)).toMatch(/n ends at 1 after 1 additions.* 2 more/);
  });
});

describe('the total', () => {
  it('may lie anywhere that those without an answer allow, up or down', () => {
    const open = [add(1, 1), add(3, 2, unsure), add(5, -4, unsure)];
    const total = (end: string) => verdict(open, logOf({ n: '0' }, { n: end }));
    for (const end of ['-3', '-1', '1', '3']) expect(total(end)).toBe('satisfied');
    for (const end of ['-4', '4']) {
      expect(total(end)).toMatch(
        new RegExp(`n ends at ${end} after 1 additions and 2 that may have happened: expected -3 to 3 more`),
      );
    }
  });

  it('is that of a decimal at the end', () => {
    expect(verdict([add(1, 1)], logOf({ n: '1' }, { n: 'many' }))).toMatch(
      /n ends at many after 1 additions/,
    );
    expect(verdict([add(1, 1)], logOf({ n: '1' }, { n: null }))).toMatch(
      /n ends at nothing after 1 additions/,
    );
    expect(verdict([add(1, -1)], logOf({ n: '1' }, { n: null }))).toBe('satisfied');
    expect(verdict([add(1, 1)], logOf({ n: 'many' }, { n: '1' }))).toBe('satisfied');
    expect(verdict([add(1, 1)], logOf({ n: 'many' }, { n: '2' }))).toMatch(/n ends at 2/);
  });

  it('is shown by four updates at most', () => {
    const six = [1, 3, 5, 7, 9, 11].map((from) => add(from, 1));
    expect(verdict(six, logOf({ n: '0' }, { n: '5' }))).toMatch(
      /^violated by add@1, add@3, add@5, add@7: n ends at 5 /,
    );
  });
});

describe('what an update read', () => {
  const own = make({ key: 'k', read: ({ output }) => output.was });
  const set = (from: number, was: Json, rest: Told = {}) =>
    op('a add', [from, from + 1], { output: { was }, ...rest });
  const read = (operations: readonly Operation[], log: readonly LogEntry[]) =>
    verdictOf(own, operations, { log });

  it('is nothing where nothing was there', () => {
    const log = logOf({ k: 'x' }, { k: null }, { k: 'y' });
    expect(read([set(1, null, { revision: 2 }), set(3, null, { revision: 4 })], log)).toBe('satisfied');
    expect(read([set(1, null, { revision: 3 })], log)).toMatch(
      /^violated by add@1: add@1 read nothing from k and overwrote x at revision 3: expected/,
    );
    expect(read([set(1, 'x', { revision: 4 })], log)).toMatch(
      /add@1 read x from k and overwrote nothing at revision 4:/,
    );
    expect(revisionsOf(own, [set(1, 'x', { revision: 4 })], { log })).toEqual([3, 4]);
    expect(revisionsOf(own, [set(1, 'x', { revision: 2 })], { log })).toEqual([2]);
  });

  it('counts only where it has an answer', () => {
    expect(read([set(1, null), set(3, null, unsure), op('a add', [5])], logOf({ k: 'x' }))).toBe('satisfied');
  });

  it('is not the same for two that wrote', () => {
    expect(read([set(1, null), set(3, null)], logOf({ k: 'x' }, { k: 'y' }))).toMatch(
      /^violated by add@1, add@3: add@1 and add@3 both read nothing from k and wrote/,
    );
    expect(read([set(1, null), set(3, 'x')], logOf({ k: 'x' }, { k: 'y' }))).toBe('satisfied');
  });

  it('of one key is not compared with that of another', () => {
    const keyed = make({ read: ({ output }) => output.was });
    const of = (from: number, key: string) => set(from, null, { input: { key } });
    expect(verdictOf(keyed, [of(1, 'k'), of(3, 'm')], { log: logOf({ k: 'x', m: 'y' }) })).toBe('satisfied');
  });
});

describe('the value at first', () => {
  const commitsAt = (...times: readonly number[]) =>
    times.map((time, index) => ({ revision: index + 2, timeUs: time * 1_000_000 }));
  const total = (operations: readonly Operation[], values: readonly string[], times?: readonly number[]) =>
    verdictOf(make({ key: 'n' }), operations, {
      log: logOf(...values.map((n) => ({ n }))),
      ...(times === undefined ? {} : { commits: commitsAt(...times) }),
    });
  const three = [add(10, 1), add(20, 1), add(30, 1)];

  it('is nothing if the first version was committed while an addition of it was under way', () => {
    const times = [10.5, 20.2, 20.5, 30.5];
    expect(total(three, ['1', '2', '3', '4'], times)).toMatch(
      /n ends at 4 after 3 additions: expected 3 more/,
    );
    expect(total(three, ['1', '2', '3'], [10.5, 20.5, 30.5])).toBe('satisfied');
    expect(total([add(10, 1, unsure), ...three.slice(1)], ['1', '2', '3'], [15, 20.5, 30.5])).toBe(
      'satisfied',
    );
  });

  it('is the last version that was committed before the first addition began', () => {
    const times = [1, 2, 10.5, 20.5, 30.5];
    expect(total(three, ['0', '5', '6', '7', '8'], times)).toBe('satisfied');
    expect(total(three, ['0', '5', '1', '2', '3'], times)).toMatch(/n ends at 3 /);
    expect(total(three, ['5', '0', '1', '2', '3'], times)).toBe('satisfied');
  });

  it('is the first version if that was no addition, or committed between them', () => {
    expect(total(three, ['7', '8', '9', '10'], [10.2, 10.5, 20.5, 30.5])).toBe('satisfied');
    expect(total(three, ['1', '2', '3', '4'], [15, 20.2, 20.5, 30.5])).toBe('satisfied');
    expect(total(three, ['7', '8', '9', '11'], [10.2, 10.5, 20.5, 30.5])).toMatch(/n ends at 11 /);
  });

  it('is either where it is unknown when revisions were committed', () => {
    expect(total(three, ['1', '2', '3', '4'])).toBe('satisfied');
    expect(total(three, ['1', '2', '3'])).toBe('satisfied');
    expect(total(three, ['1', '2', '5'])).toMatch(/n ends at 5 /);
  });
});
