/** Checks find their values in operations, compare them, and name a history without them. */

import { describe, expect, it } from 'vitest';
import { decimalOf, unitsOf } from '../../../sim/check/ready/decimal.js';
import { couldNotKnow } from '../../../sim/check/ready/excuses.js';
import { namesOf } from '../../../sim/check/ready/options.js';
import {
  found,
  foundStored,
  nodeOr,
  partOf,
  performed,
  readIfKnown,
  storedTextOf,
  textOf,
  type Performed,
} from '../../../sim/check/ready/reading.js';
import { inconclusive, readyCheck, violated } from '../../../sim/check/ready/ready-check.js';
import { checks } from '../../../sim/check/ready/index.js';
import type { Finding } from '../../../sim/check/check.js';
import { spansOf } from '../../../sim/check/ready/spans.js';
import type { Json } from '../../../sim/input/json.js';
import { historyOf, logOf, op, revisionsOf, verdictOf } from './histories.js';

const ok = (input: Json, output: Json = null) => op('n a', [1, 2], { input, output, revision: 5 });
const unsure = op('n a', [1, 2], { input: { x: 1 }, end: 'indefinite' });

describe('an operation as functions see it', () => {
  it('has its output and its revision only if it ended ok', () => {
    expect(performed(ok(1, 2))).toMatchObject({ id: 'a@1', node: 'n', input: 1, output: 2, revision: 5 });
    for (const one of [unsure, op('n a', [1])]) {
      expect(performed(one)).toMatchObject({ output: undefined, revision: undefined });
    }
  });

  it('may make a function throw that wants an output, if it has none', () => {
    const reads = ({ output }: Performed) => (output as { x: Json }).x;
    expect(readIfKnown(reads, unsure)).toBeUndefined();
    expect(readIfKnown(({ input }) => input as unknown, unsure)).toEqual({ x: 1 });
    expect(readIfKnown(reads, ok(null, { x: 3 }))).toBe(3);
    expect(() => readIfKnown(reads, ok(null, null))).toThrow(TypeError);
  });
});

describe('a thing', () => {
  it('is a text of its own, and none where it is nothing', () => {
    expect([null, undefined].map(textOf)).toEqual([undefined, undefined]);
    expect([null, undefined].map(storedTextOf)).toEqual([undefined, undefined]);
    expect([1, '1', 'a', false].map(storedTextOf)).toEqual(['1', '1', 'a', 'false']);
    expect(new Set([1, '1', 'null', '', false].map(textOf)).size).toBe(5);
  });

  const input = { option: 'thing', in: 'input', fields: ['x', 'y'] } as const;
  const output = { ...input, in: 'output' } as const;

  it('is the first field that is there, or the whole where that is no object', () => {
    expect(found(input, undefined, ok({ x: 1, y: 2 }))).toBe(1);
    expect(found(input, undefined, ok({ y: null }))).toBeNull();
    expect(found(input, undefined, ok([3]))).toEqual([3]);
    expect(found(input, undefined, ok(null))).toBeNull();
    expect(found(output, undefined, ok({ x: 9 }, { y: 1 }))).toBe(1);
    expect(found(input, ({ id }) => id, ok(null))).toBe('a@1');
  });

  it('that is nowhere has a message with the option, the place, the operation and what is there', () => {
    expect(() => found(input, undefined, ok({ z: 1 }))).toThrow(
      /^thing finds nothing in input of a@1 \(n\), .* \{"z":1\}$/,
    );
    expect(() => found(output, undefined, ok({ x: 1 }, { z: 2 }))).toThrow(
      /in output of a@1 \(n\), .* \{"z":2\}$/,
    );
    expect(() => found(output, undefined, unsure)).toThrow(/^thing finds nothing in output .* none$/);
    expect(() => found(input, () => undefined, ok(7))).toThrow(/^thing finds nothing in input .* 7$/);
    expect(() => foundStored(input, undefined, ok({ x: null }))).toThrow(/^thing is null for a@1 \(n\)/);
  });

  it('is the node where no function says otherwise', () => {
    expect(nodeOr('who', undefined, ok(1))).toBe('n');
    expect(nodeOr('who', () => 'm', ok(1))).toBe('m');
    expect(() => nodeOr('who', () => undefined, ok(1))).toThrow(/^who is undefined for a@1 \(n\)/);
  });

  it('that an operation is about may be left open, by no field or by null', () => {
    const place = { option: 'part', fields: ['x', 'y'] };
    expect(partOf(place, undefined, ok({ y: 'b' }))).toBe('b');
    expect(partOf(place, undefined, ok({ x: 'a', y: 'b' }))).toBe('a');
    for (const given of [{ x: null }, { z: 1 }, 'x', ['x'], null])
      expect(partOf(place, undefined, ok(given))).toBe('');
    expect(partOf(place, () => null, ok({ x: 'a' }))).toBe('');
    expect(() => partOf(place, () => undefined, ok({ x: 'a' }))).toThrow(/^part is undefined for a@1 \(n\)/);
  });
});

it('names come alone, in lists or not at all', () => {
  expect([undefined, 'a', ['a', 'b']].map(namesOf)).toEqual([[], ['a'], ['a', 'b']]);
});

describe('a decimal', () => {
  it.each([
    ['1', 10n ** 12n],
    ['-0.5', -5n * 10n ** 11n],
    ['0.123456789012', 123456789012n],
    [12, 12n * 10n ** 12n],
    [3n, 3n * 10n ** 12n],
    [-1.5, -15n * 10n ** 11n],
  ])('%s is counted in units', (text, units) => {
    expect(unitsOf(text)).toBe(units);
  });

  it.each(['1.', '--1', '+1', '1 ', ' 1', '1.2.3', 'a1', '1a', true, {}, undefined, 1e21])(
    '%j is none',
    (value) => {
      expect(unitsOf(value)).toBeUndefined();
    },
  );

  it.each([
    [-5n * 10n ** 11n, '-0.5'],
    [10n ** 12n, '1'],
    [1_010_000_000_000n, '1.01'],
    [-1n, '-0.000000000001'],
    [100n * 10n ** 12n, '100'],
    [0n, '0'],
  ])('%s units are written as %s', (units, text) => {
    expect(decimalOf(units)).toBe(text);
  });
});

describe('a finding', () => {
  const draft = {
    factory: 'fifoQueue',
    name: 'own',
    description: 'All is well.',
    roles: { one: 'a', two: 'b' },
  };
  const say = (finding: Finding | undefined, operations = [op('n a', [1, 2])], options = {}) =>
    verdictOf(readyCheck({ ...draft, options, judge: () => finding }), operations);

  it('names each operation and each revision once, the revisions in order', () => {
    const operation = op('n a', [1, 2]);
    expect(violated('odd', [operation, 'b@1', undefined, 'b@1', operation], [10, 9, 10])).toEqual({
      ...{ verdict: 'violated', message: 'odd', operations: ['a@1', 'b@1'], revisions: [9, 10] },
    });
    expect(violated('odd', [])).toMatchObject({ operations: [], revisions: [] });
  });

  it('places six operations at most, and leaves out ids that tell their node', () => {
    const seven = Array.from({ length: 7 }, (_, index) => op('n a', [index, index + 0.5]));
    expect(say(violated('odd', seven), seven)).toMatch(/: odd \((a@\d by n, ){6}…\)$/);
    expect(say(violated('odd', seven.slice(0, 6)), seven)).toMatch(/: odd \((a@\d by n, ){5}a@5 by n\)$/);
    const own = { ...op('n a', [1, 2]), id: 'n-1' };
    expect(say(violated('odd', [own]), [own])).toMatch(/: odd$/);
    expect(say(violated('odd', ['unknown']))).toMatch(/: odd$/);
    const alike = { ...op('n a', [1, 2]), id: 'n1' };
    expect(say(violated('odd', [alike]), [alike])).toMatch(/: odd \(n1 by n\)$/);
  });

  it('is satisfied where nothing is wrong, and says so of no history without the operations', () => {
    expect(say(undefined)).toBe('satisfied');
    expect(say(undefined, [])).toBe('satisfied');
    expect(say(undefined, [op('n look', [1, 2]), op('n see', [3, 4])])).toBe(
      'inconclusive: expected an operation named "a" or "b", got only "look", "see"',
    );
    expect(say(undefined, [op('n look', [1, 2])], { whenAbsent: 'satisfied' })).toBe('satisfied');
    expect(say(inconclusive('unclear'), [op('n look', [1, 2])])).toBe('inconclusive: unclear');
    expect(say(undefined, [op('n a', [1, 2]), op('n look', [3, 4])])).toBe('satisfied');
  });

  it('tells which names are absent', () => {
    const absentOf = (names: object, ...there: string[]) => {
      const check = readyCheck({
        ...draft,
        options: {},
        roles: names as { one: string },
        judge: () => undefined,
      });
      return check.check(historyOf(there.map((name, index) => op(`n ${name}`, [index, index + 0.5]))));
    };
    const roles = { push: 'push', other: 'take' };
    expect(absentOf(roles, 'look')).toMatchObject({ verdict: 'inconclusive', absent: ['push', 'take'] });
    expect(absentOf(roles, 'push', 'tale')).toMatchObject({
      absent: ['take'],
      reason: expect.stringMatching(/mean tale\?$/) as string,
    });
    expect(absentOf(roles, 'push', 'take')).toEqual({ verdict: 'satisfied' });
    expect(absentOf({}, 'look')).toEqual({ verdict: 'satisfied' });
  });

  it('can rely on the operations that a check is about, unless their absence is satisfying', () => {
    const made = (options: object) => readyCheck({ ...draft, options, judge: () => undefined });
    expect(made({}).operations).toEqual(['a', 'b']);
    expect(made({ whenAbsent: 'satisfied' })).not.toHaveProperty('operations');
  });
});

describe('a node that could not know', () => {
  const [span] = spansOf(historyOf([op('n look', [0, 2]), op('n a', [3, 9])]), { during: 'a' }, () => '');
  const could = (rest: object, untilUs = 8e6) =>
    span !== undefined && couldNotKnow(historyOf([], rest), span, untilUs);
  const pause = (fromUs: number, untilUs: number, node = 'n') => ({
    standstills: [{ node, fromUs, untilUs }],
  });

  it('was paused between its earliest grant and then', () => {
    expect(could({})).toBe(false);
    expect(could(pause(3e6, 4e6))).toBe(true);
    expect(could(pause(3e6, 4e6, 'm'))).toBe(false);
    expect(could(pause(0, 2e6))).toBe(false);
    expect(could(pause(0, 2e6 + 1))).toBe(true);
    expect(could(pause(8e6, 9e6))).toBe(false);
    expect(could(pause(8e6 - 1, 9e6))).toBe(true);
  });

  it('or counted time too slowly', () => {
    const drift = (perMille: number) => ({ drifts: [{ node: 'n', fromUs: 3e6, untilUs: 4e6, perMille }] });
    expect([-1, 0, 1].map((perMille) => could(drift(perMille)))).toEqual([true, false, false]);
  });
});

describe('a conserved sum', () => {
  const check = () => checks.conservedSum({ keys: 'k/', sum: 3 });
  const log = logOf({ 'k/a': '3', other: '9' }, { 'k/a': null, 'k/b': '3' }, { other: '1' }, { 'k/b': '2' });
  const by = op('w put', [1, 2], { revision: 5 });

  it('shows the revision that broke it, and the last one where it never was there', () => {
    expect(revisionsOf(check(), [by], { log })).toEqual([5]);
    expect(revisionsOf(checks.conservedSum({ keys: 'k/', sum: 4 }), [by], { log })).toEqual([5]);
    expect(revisionsOf(check(), [by], { log: logOf({ 'k/a': 'x' }) })).toEqual([2]);
    expect(verdictOf(check(), [], { log: logOf({ 'k/a': 'x' }) })).toMatch(
      /^violated by : k\/a is "x" at revision 2: expected a decimal$/,
    );
  });

  it('has a message with its keys and its sum', () => {
    expect(check().description).toMatch(/"k\/" .*\b3\b.*\.$/);
  });

  it('is unknown where its keys never were there, though something was', () => {
    expect(verdictOf(check(), [], { log: logOf({ other: '3' }) })).toMatch(/^inconclusive: .*"k\/"/);
    expect(verdictOf(check(), [op('w look', [1, 2])], { log: [] })).toMatch(/^inconclusive: .*"k\/"/);
    expect(verdictOf(check(), [], { log: [] })).toBe('satisfied');
  });

  it('counts what the options say of a key and its value', () => {
    const own = checks.conservedSum({
      keys: 'k/',
      sum: '1',
      amount: ({ key, value }) => (key === 'k/a' ? value : 0),
    });
    expect(verdictOf(own, [], { log: logOf({ 'k/a': '1', 'k/b': '5' }) })).toBe('satisfied');
  });
});

describe('a slot', () => {
  const run = (times: readonly [number, number], input: Json) => op('n run', times, { input });
  const verdict = (...operations: ReturnType<typeof op>[]) =>
    verdictOf(checks.atMostOncePerSlot({ operation: 'run' }), operations);

  it('is the field slot of the input, or the input', () => {
    expect(verdict(run([1, 2], { slot: 1, at: 1 }), run([3, 4], { slot: 1, at: 2 }))).toMatch(
      /^violated by run@1, run@3: slot 1 /,
    );
    expect(verdict(run([1, 2], 1), run([3, 4], 1))).toMatch(/^violated by run@1, run@3/);
    expect(() => verdict(run([1, 2], { at: 1 }))).toThrow(/^slot finds nothing in input of run@1 \(n\)/);
  });

  it('is not done by operations of other names', () => {
    expect(verdict(run([1, 2], 1), op('n look', [3, 4], { input: 1 }))).toBe('satisfied');
  });

  it('is shown with the one that returned first in front', () => {
    expect(verdict(run([1, 9], 1), run([2, 5], 1), run([3, 7], 1))).toMatch(/^violated by run@2, run@3: /);
  });
});
