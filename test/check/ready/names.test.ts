/** What tells things apart: no two slots, ids, sessions or holders are merged, and nothing is no name. */
import { describe, expect, it } from 'vitest';
import type { Check } from '../../../sim/check/check.js';
import { checks } from '../../../sim/check/ready/index.js';
import type { Operation } from '../../../sim/history/history.js';
import { canonicalJson, canonicalText } from '../../../sim/input/canonical-json.js';
import type { Json } from '../../../sim/input/json.js';
import { logOf, op, verdictOf } from './histories.js';

describe('the text of a value', () => {
  it.each([
    ['fields in another order', { a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 }],
    ['a field without a value', { a: 1 }, { a: 1, b: undefined }],
    ['zeros of either sign', 0, -0],
  ])('is one for %s', (_what, one, other) => {
    expect(canonicalJson(one)).toBe(canonicalJson(other));
    expect(canonicalText(one)).toBe(canonicalText(other));
  });

  it('differs for values that differ', () => {
    const values = [
      1,
      '1',
      '"1"',
      null,
      'null',
      true,
      'true',
      '',
      [],
      '[]',
      {},
      '{}',
      [1],
      ['1'],
      { a: 1 },
      '{"a":1}',
    ];
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length);
    expect(new Set(values.map(canonicalText)).size).toBe(values.length);
  });

  it('leaves a string unchanged if it reads like nothing else', () => {
    expect(['a', 'n1', '1.50', '01', '[x', 'true story'].map(canonicalText)).toEqual([
      ...['a', 'n1', '1.50', '01', '[x', 'true story'],
    ]);
  });

  it.each([
    ['NaN', NaN, 'expected JSON, got NaN'],
    ['undefined', undefined, 'expected JSON, got none'],
    ['a BigInt', { a: [5n] }, 'expected JSON, got the BigInt 5n at value.a[0]'],
    ['a Date', { at: new Date(0) }, 'expected JSON, got a Date at value.at'],
    ['a Map', new Map(), 'expected JSON, got a Map'],
  ])('is refused for %s', (_what, value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });
});

describe('a slot', () => {
  const check = checks.atMostOncePerSlot({ operation: 'run', slot: ({ input }) => input as unknown });
  const ran = (...slots: Json[]) =>
    slots.map((input, index) => op('n run', [index * 2, index * 2 + 1], { input }));

  it('that is a number is not the one that is its text', () => {
    expect(verdictOf(check, ran(1, '1'))).toBe('satisfied');
    expect(verdictOf(check, ran('1', '1'))).toMatch(/^violated/);
  });

  it('with fields in another order is the same', () => {
    expect(verdictOf(check, ran({ day: 1, hour: 2 }, { hour: 2, day: 1 }))).toMatch(/^violated/);
  });

  it('that is null or undefined is refused', () => {
    const expected = 'slot is null for run@0 (n): expected a value that tells it from others';
    expect(() => verdictOf(check, ran(null, null))).toThrow(expected);
    const typo = checks.atMostOncePerSlot({
      operation: 'run',
      slot: ({ input }) => (input as { slt: Json }).slt,
    });
    expect(() => verdictOf(typo, ran({ slot: 1 }, { slot: 2 }))).toThrow(/slot finds nothing/);
  });
});

describe('nothing is no name', () => {
  const given = { input: { id: null }, output: { id: null } };
  const pair = [op('n in', [1, 2], given), op('n out', [3, 4], given)];
  const nothing = (): unknown => undefined;
  const cases: readonly (readonly [string, Check, readonly Operation[]])[] = [
    [
      'id',
      checks.exactlyOnce({ operation: 'in', effect: 'k/', id: ({ input }) => (input as { id: Json }).id }),
      pair,
    ],
    ['effect.of', checks.exactlyOnce({ operation: 'in', effect: { operation: 'out', of: nothing } }), pair],
    ['holder', checks.mutualExclusion({ acquire: 'in', release: 'out', holder: nothing }), pair],
    ['key', checks.mutualExclusion({ during: 'in', key: nothing }), pair],
    ['session', checks.monotonicReads({ read: 'in', session: nothing, found: () => 1 }), pair],
    ['of', checks.eventuallyEqual({ view: 'in', of: nothing, state: () => ({}) }), pair],
    ['queue', checks.fifoQueue({ enqueue: 'in', dequeue: 'out', queue: nothing }), pair],
    ['item', checks.fifoQueue({ enqueue: 'in', dequeue: 'out', item: () => null }), pair],
    ['election', checks.oneLeader({ reign: 'in', election: nothing }), pair],
    ['barrier', checks.barrier({ wait: 'in', release: 'out', barrier: nothing }), pair],
  ];

  it.each(cases)('%s', (option, check, operations) => {
    expect(() => verdictOf(check, operations)).toThrow(
      new RegExp(
        `^${option} is (null|undefined) for \\w+@\\d \\(n\\): expected a value that tells it from others`,
      ),
    );
  });

  it('but an effect says with null that it belongs to no operation', () => {
    const check = checks.exactlyOnce({ operation: 'in', effect: { operation: 'out', of: () => null } });
    expect(verdictOf(check, pair)).toMatch(/^violated by in@1: in@1 ended ok and had no effect/);
  });
});

describe('a value that passes through etcd', () => {
  it('is compared as etcd stores it', () => {
    const check = checks.exactlyOnce({
      operation: 'pay',
      effect: 'receipts/',
      id: ({ input }) => input as unknown,
    });
    const log = logOf({ 'receipts/7': 'x' });
    expect(verdictOf(check, [op('n pay', [1, 2], { input: 7 })], { log })).toBe('satisfied');
  });

  it('tells an empty value from none', () => {
    const check = checks.noLostUpdate({
      update: 'set',
      key: 'k',
      read: ({ output }) => output as unknown,
    });
    const log = logOf({ k: '' }, { k: 'a' });
    const updates = [op('n set', [1, 2], { output: null }), op('n set', [3, 4], { output: '' })];
    expect(verdictOf(check, updates, { log })).toBe('satisfied');
  });
});

describe('a model', () => {
  it('with states that are no JSON is refused by name', () => {
    const check = checks.linearizable({
      type: { initial: new Map(), next: (state: unknown) => [state, null] as const },
      operations: ['add'],
    });
    expect(() => verdictOf(check, [op('n add', [1, 2])])).toThrow('expected JSON, got a Map');
  });
});
