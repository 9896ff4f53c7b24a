/** Reads that go back: of which key and whose they are, and what they say. */

import { describe, expect, it } from 'vitest';
import { checks, type MonotonicReadsOptions } from '../../../sim/check/ready/index.js';
import type { Operation } from '../../../sim/history/history.js';
import type { Json } from '../../../sim/input/json.js';
import { logOf, op, verdictOf } from './histories.js';

const log = logOf({ k: 'a', m: 'a' }, { k: 'b' }, { m: 'b' });
const get = (who: string, times: readonly [number, number?], input: Json, output: Json) =>
  op(`${who} get`, times, { input, output });
const verdict = (operations: readonly Operation[], options: Partial<MonotonicReadsOptions> = {}) =>
  verdictOf(checks.monotonicReads({ read: 'get', ...options }), operations, { log });

describe('reads are compared', () => {
  it('by key: the field key of the input, or what the options say', () => {
    const of = (from: number, key: string, value: Json) => get('x', [from, from + 1], { key }, value);
    expect(verdict([of(1, 'k', 'b'), of(3, 'm', 'a')])).toBe('satisfied');
    expect(verdict([of(1, 'm', 'b'), of(3, 'k', 'b'), of(5, 'm', 'a')])).toMatch(
      /^violated by get@1, get@5: get@5 read a from m after get@1 had read revision 4:/,
    );
    expect(
      verdict([get('x', [1, 2], 'm', 'b'), get('x', [3, 4], 'm', 'a')], { key: ({ input }) => input }),
    ).toMatch(/^violated by get@1, get@3: get@3 read a from m /);
    expect(() => verdict([get('x', [1, 2], null, 'b')], { key: () => undefined })).toThrow(
      /^key is undefined for get@1 \(x\)/,
    );
  });

  it('by session: the node, or what the options say, which is no nothing', () => {
    const of = (who: string, from: number, value: Json) =>
      get(who, [from, from + 1], { key: 'k', of: who }, value);
    expect(verdict([of('x', 1, 'b'), of('y', 3, 'a')])).toBe('satisfied');
    expect(verdict([of('x', 1, 'b'), of('y', 3, 'a')], { session: () => 's' })).toMatch(
      /^violated by get@1, get@3/,
    );
    expect(verdict([of('x', 1, 'b'), of('y', 3, 'a')], { session: ({ input }) => input.of })).toBe(
      'satisfied',
    );
    expect(() => verdict([of('x', 1, 'b')], { session: () => null })).toThrow(
      /^session is null for get@1 \(x\)/,
    );
  });

  it('without operations of other names', () => {
    const other = op('x look', [1, 2], { input: { key: 'k' }, output: 'z' });
    expect(verdict([other, get('x', [3, 4], { key: 'k' }, 'a')])).toBe('satisfied');
  });
});

describe('what a read found', () => {
  const of = (from: number, output: Json) => get('x', [from, from + 1], { key: 'k' }, output);

  it('is the field value or found of the output, the output, or what the options say', () => {
    for (const output of ['a', { value: 'a' }, { found: 'a' }, { value: 'a', found: 'b' }])
      expect(verdict([of(1, 'b'), of(3, output)])).toMatch(/^violated by get@1, get@3: get@3 read a from k /);
    expect(() => verdict([of(1, { was: 'a' })])).toThrow(/^found finds nothing in output of get@1 \(x\)/);
    const found = ({ output }: { readonly output: { readonly was?: Json } }) => output.was;
    expect(verdict([of(1, { was: 'b' }), of(3, { was: 'a' })], { found })).toMatch(/get@3 read a from k /);
    expect(verdict([of(1, { was: 'b' }), of(3, {})], { found })).toMatch(/get@3 read nothing from k /);
  });

  it('is nothing for a key that was never written, and unknown if it is anything else', () => {
    const never = (from: number, output: Json) => get('x', [from, from + 1], { key: 'z' }, output);
    expect(verdict([never(1, null), never(3, null)])).toBe('satisfied');
    expect(verdict([never(1, 'a')])).toMatch(/^inconclusive: get@1 read a from z,/);
    expect(verdict([get('x', [1, 2], null, 'a')])).toMatch(/^inconclusive: get@1 read a, /);
  });

  it('may be given by its version, and a message says so', () => {
    const version = ({ output }: { readonly output: Json }) => output;
    expect(verdict([of(1, 7), of(3, 7), of(5, 8)], { version })).toBe('satisfied');
    expect(verdict([of(1, 7), of(3, 6)], { version })).toMatch(
      /^violated by get@1, get@3: get@3 read version 6 from k after get@1 had read revision 7:/,
    );
    expect(() => verdict([of(1, 'new')], { version })).toThrow(/number for get@1 \(x\), got "new"/);
  });
});

describe('of reads that overlap', () => {
  const version = ({ output }: { readonly output: Json }) => output;
  const read = (times: readonly [number, number?], output: Json) => get('x', times, null, output);

  it('the newest that had returned counts', () => {
    const two = [read([1, 4], 7), read([2, 3], 5)];
    expect(verdict([...two, read([3.5, 6], 6)], { version })).toBe('satisfied');
    expect(verdict([...two, read([5, 6], 6)], { version })).toMatch(
      /^violated by get@1, get@5: get@5 read version 6 after get@1 had read revision 7:/,
    );
    expect(verdict([...two, read([3.5, 6], 6), read([7, 8], 6)], { version })).toMatch(
      /^violated by get@1, get@7: /,
    );
    expect(verdict([...two, read([3.5, 3.7], 4)], { version })).toMatch(/^violated by get@2, get@3.5: /);
  });

  it('one that returns when another is invoked is not before it', () => {
    expect(verdict([read([1, 3], 7), read([3, 4], 6)], { version })).toBe('satisfied');
  });
});
