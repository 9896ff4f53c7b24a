/** What calls of a register say: where it is read, and how a violation tells it. */

import { describe, expect, it } from 'vitest';
import { checks, type RegisterOptions } from '../../../sim/check/ready/index.js';
import type { Json } from '../../../sim/input/json.js';
import { op, verdictOf } from './histories.js';

const get = (from: number, output: Json, input: Json = null) =>
  op('a get', [from, from + 1], { input, output });
const put = (from: number, input: Json) => op('b put', [from, from + 1], { input });
const cas = (from: number, input: { readonly [field: string]: Json }, output: Json) =>
  op('c cas', [from, from + 1], { input, output });
const verdict = (operations: readonly ReturnType<typeof op>[], options: Partial<RegisterOptions> = {}) =>
  verdictOf(checks.register({ read: 'get', write: 'put', cas: 'cas', ...options }), operations);

/** Does not say what it found, so that a search judges the register `k`. */
const vague = cas(0, { expected: 'q', value: 'r', key: 'k' }, false);

describe('a violation that the search finds tells', () => {
  const at = (value: Json) => ({ key: 'k', value });

  it('a read', () => {
    expect(verdict([vague, put(2, at('x')), get(4, 'y', { key: 'k' })])).toMatch(
      /get@4 \(read y in k\) fits into no order of k/,
    );
    expect(verdict([vague, put(2, at('x')), get(4, null, { key: 'k' })])).toMatch(
      /get@4 \(read nothing in k\)/,
    );
  });

  it('a swap', () => {
    const wrong = cas(4, { key: 'k', expected: null, value: 'z' }, true);
    expect(verdict([vague, put(2, at('x')), wrong])).toMatch(/cas@4 \(swapped nothing for z in k\)/);
    const removed = cas(4, { key: 'k', expected: 'y', value: null }, true);
    expect(verdict([vague, put(2, at('x')), removed])).toMatch(/cas@4 \(swapped y for nothing in k\)/);
  });

  it('what a swap found instead', () => {
    const failed = (found: Json) =>
      cas(4, { key: 'k', expected: 'y', value: 'z' }, { swapped: false, found });
    expect(verdict([vague, put(2, at('x')), failed('w')])).toMatch(
      /cas@4 \(did not swap y for z in k because it found w\)/,
    );
    expect(verdict([vague, put(2, at('x')), failed(null)])).toMatch(/because it found nothing\)/);
    const vain = cas(4, { key: 'k', expected: 'x', value: 'z' }, { swapped: false });
    expect(verdict([vague, put(2, at('x')), vain])).toMatch(/because it found something else\)/);
  });
});

describe('registers', () => {
  it('differ by the field key of the input, for the search, too', () => {
    const of = (key: string, value: Json) => ({ key, value });
    const two = [
      put(2, of('k', 'x')),
      put(4, of('m', 'y')),
      get(6, 'x', { key: 'k' }),
      get(8, 'y', { key: 'm' }),
    ];
    expect(verdict(two)).toBe('satisfied');
    expect(verdict([vague, ...two])).toBe('satisfied');
    expect(verdict([...two, get(10, 'y', { key: 'k' })])).toMatch(/^violated by .*\bget@10\b/);
    expect(verdict([vague, ...two, get(10, 'y', { key: 'k' })])).toMatch(/get@10 \(read y in k\)/);
  });

  it('have a name, if the options say where it lies', () => {
    expect(() => verdict([get(1, 'x')], { key: () => undefined })).toThrow(
      /^key is undefined for get@1 \(a\)/,
    );
  });

  it('are judged exactly where values do not come back, even with an initial value', () => {
    const initial = { initial: 'i' };
    expect(verdict([put(1, 'x'), get(3, 'i')], initial)).toMatch(
      /^violated by .*: the register must have held .* yet x only/,
    );
    expect(verdict([cas(1, { expected: 'i', value: 'y' }, true), get(3, 'i')], initial)).toMatch(
      /^violated by get@3, cas@1: get@3 .* the later y\b/,
    );
  });
});

describe('a swap', () => {
  const input = { expected: 'x', value: 'y' };

  it('that says that it found what it expected cannot have failed', () => {
    const odd = cas(3, input, { swapped: false, found: 'x' });
    expect(verdict([put(1, 'x'), odd])).toMatch(/^violated by .*\bcas@3\b/);
    expect(verdict([put(1, 'w'), cas(3, input, { swapped: false, found: 'w' })])).toBe('satisfied');
    expect(verdict([put(1, 'w'), cas(3, input, { swapped: false, found: 'v' })])).toMatch(
      /^violated by cas@3: .*v.* nobody wrote/,
    );
  });

  it('that succeeded may say what it replaced', () => {
    const told = cas(3, input, { swapped: true, found: 'x' });
    expect(verdict([put(1, 'x'), told, get(5, 'y')])).toBe('satisfied');
    expect(verdict([put(1, 'x'), told, get(5, 'x')])).toMatch(
      /^violated by get@5, cas@3: get@5 read x .* the later y\b/,
    );
  });

  it('may leave open what it found', () => {
    expect(verdict([put(1, 'w'), cas(3, input, { swapped: false })])).toBe('satisfied');
    expect(verdict([put(1, 'w'), cas(3, input, null)], { swapped: () => false })).toBe('satisfied');
  });

  it('says whether it swapped, and what it expects', () => {
    expect(() => verdict([cas(3, input, { done: true })])).toThrow(
      /^swapped finds nothing in output of cas@3 \(c\)/,
    );
    expect(() => verdict([cas(3, { value: 'y' }, true)])).toThrow(
      /^expected finds nothing in input of cas@3 \(c\)/,
    );
    expect(() => verdict([cas(3, { expected: 'x' }, true)])).toThrow(
      /^value finds nothing in input of cas@3 \(c\)/,
    );
    const own = {
      expected: ({ id }: { readonly id: string }) => (id === 'cas@3' ? undefined : 'y'),
      value: () => 'y',
      swapped: () => true,
    };
    expect(verdict([cas(3, {}, null), get(5, 'y')], own)).toBe('satisfied');
  });
});

describe('a read', () => {
  it('finds the field value or found of the output, or the output', () => {
    for (const output of ['x', { value: 'x' }, { found: 'x' }, { value: 'x', found: 'y' }])
      expect(verdict([put(1, 'x'), get(3, output)])).toBe('satisfied');
    expect(verdict([put(1, 'x'), get(3, { value: null, found: 'x' })])).toMatch(/^violated/);
    expect(() => verdict([get(3, { was: 'x' })])).toThrow(/^found finds nothing in output of get@3 \(a\)/);
  });

  it('leaves out operations of other names', () => {
    expect(verdict([op('d look', [1, 2], { input: { at: 1 }, output: 5 }), get(3, null)])).toBe('satisfied');
  });
});
