/** Linearizability of the ready-made types: what calls report, how it is read, and which options there are. */

import { describe, expect, it } from 'vitest';
import { checks, type LinearizableOptions, type Performed } from '../../../sim/check/ready/index.js';
import type { Json } from '../../../sim/input/json.js';
import { InputError } from '../../../sim/input/parsed.js';
import { op, verdictOf } from './histories.js';

const unsure = { end: 'indefinite' } as const;
const make = (options: unknown) => () => checks.linearizable(options as LinearizableOptions);

const registerOptions = { type: 'register', operations: { read: 'get', write: 'put', cas: 'cas' } };
const counterOptions = { type: 'counter', operations: { add: 'add', read: 'get' } } as const;
const setOptions = {
  type: 'set',
  operations: { add: 'add', remove: 'drop', has: 'has', list: 'all' },
} as const;

describe('the options of linearizable', () => {
  it.each([
    [{ type: null }, /register, counter, set or a model with initial and next, got null$/],
    [{ type: 5 }, /got 5$/],
    [{}, /got none$/],
    [{ type: 'registr' }, /got "registr"; did you mean register\?$/],
    [{ type: 'sett' }, /got "sett"; did you mean set\?$/],
    [{ type: { next: () => [0, 0] } }, /with initial and next, got \{\}/],
    [
      { type: { initial: 0, next: () => [0, 0] }, operations: [] },
      /operations: expected the name of an operation, or a list of names, got \[\]$/,
    ],
    [{ ...counterOptions, operations: 5 }, /operations: expected add, read or both, got 5$/],
    [{ ...counterOptions, by: 5 }, /by: expected a function of an operation, got 5$/],
    [{ ...counterOptions, count: 5 }, /count: expected a function of an operation, got 5$/],
    [{ ...counterOptions, key: 5 }, /key: expected a function of an operation, got 5$/],
    [{ ...counterOptions, initial: '5' }, /initial: expected a number, got "5"$/],
    [{ ...counterOptions, operations: { add: 'a', read: 'a' } }, /got "a" for add and for read$/],
    [{ ...setOptions, operations: 5 }, /operations: expected some of add, remove, has and list, got 5$/],
    [{ ...setOptions, operations: {} }, /operations, got none$/],
    [{ ...setOptions, operations: undefined }, /operations: expected some of add, .* got none$/],
    [{ ...setOptions, operations: { add: 5 } }, /operations\.add: expected the name of an operation/],
    [{ ...setOptions, operations: { add: 'a', list: 'a' } }, /got "a" for add and for list$/],
    [{ ...setOptions, item: 5 }, /item: expected a function of an operation, got 5$/],
    [{ ...setOptions, changed: 5 }, /changed: expected a function of an operation, got 5$/],
    [{ ...setOptions, initial: 5 }, /initial: expected a list, got 5$/],
    [{ ...setOptions, initial: ['a', null] }, /items of initial, got null$/],
    [{ ...setOptions, count: () => 1 }, /unknown field "count"/],
  ])('refuse %j and say what they take', (options, said) => {
    expect(make(options)).toThrow(InputError);
    expect(make(options)).toThrow(/^checks\.linearizable/);
    expect(make(options)).toThrow(said);
  });

  it('make a check whose name is linearizable, with a description, for every type', () => {
    const model = { type: { initial: 0, next: () => [0, 0] }, operations: 'a' };
    for (const options of [registerOptions, counterOptions, setOptions, model]) {
      const { name, description } = make(options)();
      expect(name).toBe('linearizable');
      expect(description).toMatch(/^One order .{20,}\.$/);
    }
    expect(make({ ...setOptions, initial: ['a', 5] })()).toMatchObject({ name: 'linearizable' });
  });
});

it('a register is judged as the check of registers does, under its own name', () => {
  const check = checks.linearizable({ type: 'register', operations: { read: 'get', write: 'put' } });
  const put = op('a put', [1, 2], { input: 'x' });
  expect(verdictOf(check, [put, op('b get', [3, 4], { output: 'x' })])).toBe('satisfied');
  expect(verdictOf(check, [put, op('b get', [3, 4], { output: null })])).toMatch(
    /^violated by get@3, put@1: the register .* x\b/,
  );
});

describe('a counter', () => {
  const add = (times: readonly [number, number?], input: Json, rest = {}) =>
    op('a add', times, { input, ...rest });
  const get = (times: readonly [number, number?], output: Json, rest = {}) =>
    op('b get', times, { output, ...rest });
  const verdict = (operations: readonly ReturnType<typeof op>[], options: object = {}) =>
    verdictOf(make({ ...counterOptions, ...options })(), operations);

  it('starts at 0', () => {
    expect(verdict([get([1, 2], 0)])).toBe('satisfied');
    expect(verdict([get([1, 2], 1)])).toMatch(/get@1 \(read 1\)/);
  });

  it('reads its count in the field value of an output, or in the output', () => {
    expect(verdict([add([1, 2], 2), get([3, 4], { value: 2 })])).toBe('satisfied');
    expect(verdict([add([1, 2], 2), get([3, 4], { value: '3' })])).toMatch(/get@3 \(read 3\)/);
    expect(verdict([get([3, 4], '3')])).toMatch(/get@3 \(read 3\)/);
    expect(() => verdict([get([3, 4], 'x')])).toThrow(/number for get@3 \(b\), got "x"/);
    expect(() => verdict([get([3, 4], { value: null })])).toThrow(/number for get@3 \(b\), got null/);
  });

  it('fits any order where a read tells no count', () => {
    expect(verdict([add([1, 2], 2), get([3, 4], null), get([5, 6], { other: 7 })])).toBe('satisfied');
    const silent = [add([1, 2], 2), get([3, 4], 9)];
    expect(verdict(silent, { count: () => undefined })).toBe('satisfied');
    expect(verdict(silent, { count: () => null })).toBe('satisfied');
  });

  it('takes the count from where the options say, of calls with an answer alone', () => {
    const count = ({ output }: Performed) => (output as { n: number }).n;
    const known = [add([1, 2], 2, { output: { n: 2 } }), get([3, 4], { n: 2 })];
    expect(verdict(known, { count })).toBe('satisfied');
    expect(verdict([...known, get([5, 6], { n: 3 })], { count })).toMatch(/get@5 \(read 3\)/);
    expect(verdict([...known, add([5, 6], 2, unsure), get([7, 8], null, unsure)], { count })).toBe(
      'satisfied',
    );
  });

  it('grows by what the options say, by the field by, by the input, or by 1', () => {
    const twice = ({ input }: Performed) => (input as number) * 2;
    expect(verdict([add([1, 2], 5), get([3, 4], 10)], { by: twice })).toBe('satisfied');
    expect(verdict([add([1, 2], { by: '5' }), get([3, 4], 5)])).toBe('satisfied');
    expect(
      verdict([add([1, 2], { key: 'k' }), op('b get', [3, 4], { input: { key: 'k' }, output: 1 })]),
    ).toBe('satisfied');
    expect(() => verdict([add([1, 2], { by: 'five' })])).toThrow(/number for add@1 \(a\), got "five"/);
  });

  it('leaves out operations of other names', () => {
    expect(verdict([op('c look', [1, 2], { output: 7 }), get([3, 4], 0)])).toBe('satisfied');
  });

  it('says of which counter it cannot tell the key', () => {
    expect(() => verdict([add([1, 2], 1)], { key: () => undefined })).toThrow(
      /^key is undefined for add@1 \(a\)/,
    );
  });
});

describe('a set', () => {
  const does = (
    name: string,
    times: readonly [number, number?],
    input: Json,
    output: Json = null,
    rest = {},
  ) => op(`a ${name}`, times, { input, output, ...rest });
  const verdict = (operations: readonly ReturnType<typeof op>[], options: object = {}) =>
    verdictOf(make({ ...setOptions, ...options })(), operations);

  it('is empty at first, or has what the options say', () => {
    expect(verdict([does('all', [1, 2], null, [])])).toBe('satisfied');
    expect(verdict([does('all', [1, 2], null, ['b', 5])], { initial: [5, 'b'] })).toBe('satisfied');
    expect(verdict([does('all', [1, 2], null, [])], { initial: ['b'] })).toMatch(
      /all@1 \(list returned nothing\)/,
    );
  });

  it('finds items in the field item or value of the input, in the input, or where the options say', () => {
    const has = (input: Json) => does('has', [3, 4], input, true);
    const added = does('add', [1, 2], 'x');
    expect(verdict([added, has('x'), has({ item: 'x', value: 'y' }), has({ value: 'x' })])).toBe('satisfied');
    expect(verdict([added, has({ name: 'x' })], { item: (one: Performed) => nameIn(one.input) })).toBe(
      'satisfied',
    );
    expect(() => verdict([has({ name: 'x' })])).toThrow(/^item finds nothing in input of has@3/);
  });

  const nameIn = (input: unknown) => (typeof input === 'string' ? input : (input as { name: string }).name);

  it('tells nothing by a call without an answer', () => {
    const open = [does('all', [1, 2], null, null, unsure), does('has', [1, 2], 'x', null, unsure)];
    expect(verdict([...open, does('all', [3, 4], null, [])])).toBe('satisfied');
    const changed = ({ output }: Performed) => (output as { did: boolean }).did;
    const added = does('add', [1, 2], 'x', null, unsure);
    expect(verdict([added, does('all', [3, 4], null, ['x'])], { changed })).toBe('satisfied');
    expect(verdict([does('add', [1, 2], 'x', { did: false })], { changed })).toMatch(/add x gave false/);
  });

  it('refuses answers that are none: no list, no item, neither true nor false', () => {
    expect(() => verdict([does('all', [1, 2], null, 5)])).toThrow(/list from all@1, got 5/);
    expect(() => verdict([does('all', [1, 2], null, ['x', null])])).toThrow(/^list is null for all@1 \(a\)/);
    expect(() => verdict([does('has', [1, 2], 'x', 'yes')])).toThrow(
      /true or false from has@1 \(a\), got "yes"/,
    );
  });

  it('names the item and the answer that fit into no order', () => {
    expect(verdict([does('has', [1, 2], 'x', true)])).toMatch(/has@1 \(has x gave true\) fits into no order/);
    const keyed = (name: string, from: number, key: string, output: Json) =>
      does(name, [from, from + 1], { key, item: 'x' }, output);
    expect(verdict([keyed('add', 1, 'k', null), keyed('has', 3, 'm', true)])).toMatch(/no order of m/);
  });
});

it('a type of one’s own shows the input and the answer that fit into no order', () => {
  const check = checks.linearizable({
    type: {
      initial: 0,
      next: (state: number, { input }: Performed) => [state, input === null ? 0 : 1] as const,
    },
    operations: 'ask',
  });
  expect(verdictOf(check, [op('a ask', [1, 2], { output: 0 })])).toBe('satisfied');
  expect(verdictOf(check, [op('a ask', [1, 2], { output: 5 })])).toMatch(/ask@1 \(ask gave 5\)/);
  expect(verdictOf(check, [op('a ask', [1, 2], { input: { q: 'x' }, output: 5 })])).toMatch(
    /ask@1 \(ask \{"q":"x"\} gave 5\)/,
  );
});
