import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writesTwice } from '../../sim/etcd/txn/check-intervals.js';
import type { RequestOp } from '../../sim/etcd/wire/kv.js';

// Operations as they come from a decoded request; the rule reads keys and ranges alone.
const put = (key: string) => ({ requestPut: { key } }) as RequestOp;
const del = (key: string, rangeEnd = '') => ({ requestDeleteRange: { key, rangeEnd } }) as RequestOp;
const nested = (success: RequestOp[], failure: RequestOp[] = []) =>
  ({ requestTxn: { success, failure } }) as unknown as RequestOp;

test.each([
  ['a put of a key that is deleted', [put('a'), del('a')], true],
  ['a put at the end of a deleted range', [del('a', 'c'), put('c')], false],
  ['a put where two deleted ranges meet', [del('a', 'b'), del('b', 'c'), put('b')], true],
  ['a put in the longer of two ranges that begin alike', [del('a', 'd'), del('a', 'b'), put('c')], true],
  ['a put between two deleted ranges', [del('a', 'b'), del('c', 'd'), put('b')], false],
  ['a put above a delete from the key on', [del('a', '\0'), put('b')], false],
  ['two deletes of one key', [del('a'), del('a')], false],
  ['a put in either branch', [nested([put('a')], [put('a')])], false],
  ['a put in two transactions', [nested([put('a')]), nested([], [put('a')])], true],
  ['a put in a transaction, deleted in the one before', [nested([del('a')]), nested([put('a')])], true],
  ['a put in a transaction, deleted in the one after', [nested([put('a')]), nested([del('a')])], false],
  ['a put beside a delete in a transaction', [nested([], [del('a')]), put('a')], true],
])('%s', (_, operations, expected) => {
  expect(writesTwice(operations)).toBe(expected);
});

test('deletes are found as by looking at each of them', () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const range = fc.record({ key, end: fc.oneof(key, fc.constantFrom('', '\0')) });
  fc.assert(
    fc.property(
      fc.array(range, { maxLength: 6 }),
      fc.array(range, { maxLength: 6 }),
      key,
      (outer, inner, at) => {
        const covers = ({ key: begin, end }: { key: string; end: string }) =>
          begin <= at && at < (end === '' ? `${begin}\0` : end);
        const deletes = outer.map(({ key: begin, end }) => del(begin, end));
        const inNested = nested(inner.map(({ key: begin, end }) => del(begin, end)));
        expect(writesTwice([...deletes, inNested, put(at)])).toBe([...outer, ...inner].some(covers));
      },
    ),
  );
});
