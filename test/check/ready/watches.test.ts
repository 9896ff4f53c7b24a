/** What a watch watched, from where, and what it received: where each is read, and which forms it has. */

import { describe, expect, it } from 'vitest';
import { checks, type WatchGuaranteesOptions } from '../../../sim/check/ready/index.js';
import type { Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import { logOf, op, verdictOf } from './histories.js';

const log = logOf({ 'k/a': '1', 'k/b': '' }, { 'k/a': '2' }, { 'k/b': null });
const put = (key: string, value: string, revision: number) => ({ type: 'put', key, value, revision });
const a2 = put('k/a', '1', 2);
const b2 = { type: 'put', key: 'k/b', revision: 2 };
const a3 = put('k/a', '2', 3);
const b4 = { type: 'delete', key: 'k/b', revision: 4 };
const whole = { prefix: 'k/', from: 2 };

const watch = (input: Json, output: Json, from = 1) => op('w watch', [from, from + 1], { input, output });
const verdict = (
  operations: readonly Operation[],
  options: Partial<WatchGuaranteesOptions> = {},
  rest = {},
) => verdictOf(checks.watchGuarantees({ watch: 'watch', ...options }), operations, { log, ...rest });

describe('a watched key', () => {
  it('is what the prefix or the key of the input says', () => {
    expect(verdict([watch(whole, [a2, b2, a3, b4])])).toBe('satisfied');
    expect(verdict([watch(whole, [a2, b2, b4])])).toMatch(
      /^violated by watch@1: .*k\/a at revision 3 was missing/,
    );
    expect(verdict([watch({ key: 'k/b', from: 2 }, [b2, b4])])).toBe('satisfied');
    expect(verdict([watch({ key: 'k/b', prefix: 'k/', from: 2 }, [b2, b4])])).toMatch(/^violated/);
    expect(() => verdict([watch({ key: 5 }, [b2])])).toThrow(
      /^watched finds nothing in input of watch@1 \(w\)/,
    );
    expect(() => verdict([watch({ from: 2 }, [b2])])).toThrow(
      /^watched finds nothing in input of watch@1 \(w\)/,
    );
  });

  it('is what the options say: a prefix or a function', () => {
    const input = { key: 'other', at: 'k/b' };
    const told = watch({ ...input, from: 2 }, [b2, b4]);
    expect(verdict([told], { watched: ({ input: { at } }) => at as string })).toBe('satisfied');
    expect(verdict([told], { watched: () => (key: string) => key.endsWith('b') })).toBe('satisfied');
    expect(verdict([told], { watched: () => 'k/' })).toMatch(/^violated/);
  });
});

describe('where a watch begins', () => {
  const late = watch({ prefix: 'k/', from: 3 }, [a3, b4]);

  it('is the field from of the input, or what the options say', () => {
    expect(verdict([late])).toBe('satisfied');
    expect(verdict([late], { from: () => 2 })).toMatch(/^violated by watch@1: .*revision 2 was missing/);
    expect(verdict([late], { from: () => '3' })).toBe('satisfied');
    expect(() => verdict([late], { from: () => 'now' })).toThrow(/number for watch@1 \(w\), got "now"/);
  });

  it('is anywhere where that is nothing', () => {
    for (const from of [null, undefined]) expect(verdict([late], { from: () => from })).toBe('satisfied');
    expect(verdict([watch({ prefix: 'k/', from: null }, [a3, b4])])).toBe('satisfied');
    expect(verdict([watch({ prefix: 'k/' }, [a3, b4])])).toBe('satisfied');
  });
});

describe('events', () => {
  it('are the output or its field events, or lie where the options say', () => {
    expect(verdict([watch(whole, { events: [a2, b2] })])).toBe('satisfied');
    expect(verdict([watch(whole, { all: [a2, b2] })], { events: ({ output }) => output.all })).toBe(
      'satisfied',
    );
    expect(() => verdict([watch(whole, { all: [] })])).toThrow(
      /^events finds nothing in output of watch@1 \(w\)/,
    );
  });

  it('in one list came a revision at a time', () => {
    expect(verdict([watch(whole, [a2, b2, a3])])).toBe('satisfied');
    expect(verdict([watch(whole, [a2, a3, b2])])).toMatch(/^violated/);
    expect(verdict([watch(whole, [[a2, b2], [a3]])])).toBe('satisfied');
    expect(verdict([watch(whole, [[a2], [b2], [a3]])])).toMatch(/revision 2 was delivered in parts/);
    expect(verdict([watch(whole, [[a2, b2, a3], [b4]])])).toBe('satisfied');
  });

  it('may have no value, which is the empty one, and tell the value before them', () => {
    expect(verdict([watch(whole, [a2, { ...b2, value: '' }])])).toBe('satisfied');
    expect(verdict([watch(whole, [put('k/a', '', 2), b2])])).toMatch(/^violated/);
    expect(verdict([watch(whole, [a2, b2, { ...a3, previous: '1' }])])).toBe('satisfied');
    expect(verdict([watch(whole, [a2, b2, { ...a3, previous: '7' }])])).toMatch(
      /^violated by watch@1: .*\b7\b/,
    );
    expect(verdict([watch(whole, [{ ...a2, previous: null }, b2])])).toBe('satisfied');
    expect(verdict([watch(whole, [a2, b2, { ...a3, previous: null }])])).toMatch(/^violated/);
    const unknown = watch(whole, [a2, b2, { ...a3, previous: null }]);
    expect(verdict([unknown], {}, { compactions: [1, 3] })).toBe('satisfied');
    expect(verdict([unknown], {}, { compactions: [1] })).toMatch(/^violated/);
  });

  it('in another form are refused', () => {
    const refused = (events: Json) => expect(() => verdict([watch(whole, events)]));
    for (const events of [
      5,
      [5],
      [{ ...a2, type: 'add' }],
      [{ ...a2, key: 5 }],
      [{ ...a2, revision: '2' }],
    ]) {
      refused(events).toThrow(/^the events of watch@1 \(w\): expected a list of events .*, got /);
    }
    refused([{ ...a2, revision: 2.5 }]).toThrow(/^the events of watch@1 \(w\): .*2\.5/);
    refused([{ ...a2, value: 5 }]).toThrow(/^the events of watch@1 \(w\): /);
    refused([{ ...a2, previous: 5 }]).toThrow(/^the events of watch@1 \(w\): /);
  });
});

describe('a watch', () => {
  it('receives deletions, unless the options say that it left them out', () => {
    const puts = watch(whole, [[a2, b2], [a3]]);
    const bookmarks = () => [{ revision: 4, afterBatches: 2 }];
    expect(verdict([puts], { bookmarks })).toMatch(/^violated by watch@1: .*revision 4/);
    expect(verdict([puts], { bookmarks, onlyPuts: () => true })).toBe('satisfied');
    expect(verdict([puts])).toBe('satisfied');
  });

  it('may get an event again where it was resumed wrongly', () => {
    const again = watch(whole, [
      [a2, b2],
      [a2, b2],
    ]);
    expect(verdict([again])).toMatch(/^violated by watch@1/);
    expect(verdict([again], { resumedBefore: () => [1] })).toMatch(/^violated by watch@1: .*resum/);
  });

  it('is judged after one that was right, and only by its own name', () => {
    const wrong = [a3, a2];
    expect(verdict([watch(whole, [a2, b2]), watch(whole, wrong, 3)])).toMatch(/^violated by watch@3/);
    expect(verdict([watch(whole, [a2, b2]), op('w look', [3, 4], { input: whole, output: wrong })])).toBe(
      'satisfied',
    );
  });
});
