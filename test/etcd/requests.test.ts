/** Single requests: refusals, sorting, filtering and limits, and how the log changes them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../sim/etcd/errors.js';
import type { Change } from '../../sim/etcd/store/change.js';
import { Store } from '../../sim/etcd/store/store.js';
import { WriteTransaction } from '../../sim/etcd/store/write-transaction.js';
import { checkDeleteRange, checkPut, checkRange, checkTxn } from '../../sim/etcd/txn/check-request.js';
import { choosePath } from '../../sim/etcd/txn/compare.js';
import { executeRange } from '../../sim/etcd/txn/range.js';
import { throughLog, withRangeEnd } from '../../sim/etcd/txn/through-log.js';
import { isReadOnly, isSerializable } from '../../sim/etcd/txn/txn.js';
import { VERSIONS } from '../../sim/etcd/version.js';
import * as kv from '../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../sim/etcd/wire/message.js';

const range = (request: Encodable<kv.RangeRequest>) =>
  kv.RANGE_REQUEST.decode(kv.RANGE_REQUEST.encode(request));
const put = (request: Encodable<kv.PutRequest>) => kv.PUT_REQUEST.decode(kv.PUT_REQUEST.encode(request));
const txn = (request: Encodable<kv.TxnRequest>) => kv.TXN_REQUEST.decode(kv.TXN_REQUEST.encode(request));
const [old, rules] = [VERSIONS['3.5'], VERSIONS['3.7']];

describe('a request refused before any lookup', () => {
  it('is a range without a key, or with an unknown order or target, if the version checks that', () => {
    const refusal = (request: Encodable<kv.RangeRequest>, by = rules) =>
      checkRange(range(request), by)?.error;
    expect([refusal({}), refusal({ key: 'a' })]).toEqual([ERRORS.emptyKey, undefined]);
    for (const [sortOrder, sortTarget, isRefused] of [
      [0, 0, false],
      [2, 4, false],
      [-1, 0, true],
      [3, 0, true],
      [0, -1, true],
      [0, 5, true],
    ] as const) {
      const request = { key: 'a', sortOrder, sortTarget };
      expect(refusal(request)).toBe(isRefused ? ERRORS.invalidSortOption : undefined);
      expect(refusal(request, VERSIONS['3.4'])).toBeUndefined();
    }
  });

  it('is a put without a key, or with a value or lease that it asks to ignore', () => {
    const refusal = (request: Encodable<kv.PutRequest>) => checkPut(put(request))?.error;
    expect(refusal({ value: 'x' })).toBe(ERRORS.emptyKey);
    expect(refusal({ key: 'a', value: 'x', lease: 1n })).toBeUndefined();
    expect(refusal({ key: 'a', value: 'x', ignoreValue: true })).toBe(ERRORS.valueProvided);
    expect(refusal({ key: 'a', lease: 1n, ignoreLease: true })).toBe(ERRORS.leaseProvided);
    expect(refusal({ key: 'a', ignoreValue: true, ignoreLease: true })).toBeUndefined();
  });

  it('is a delete without a key', () => {
    const refusal = (key: string) =>
      checkDeleteRange(kv.DELETE_RANGE_REQUEST.decode(kv.DELETE_RANGE_REQUEST.encode({ key })))?.error;
    expect([refusal(''), refusal('a')]).toEqual([ERRORS.emptyKey, undefined]);
  });

  it('is a transaction with any of those in it, in either branch and at any depth', () => {
    const refusal = (request: Encodable<kv.TxnRequest>) => checkTxn(txn(request), rules)?.error;
    expect(refusal({ compare: [{ key: 'a' }, {}] })).toBe(ERRORS.emptyKey);
    for (const operation of [{ requestRange: {} }, { requestPut: {} }, { requestDeleteRange: {} }]) {
      expect(refusal({ success: [operation] })).toBe(ERRORS.emptyKey);
      expect(refusal({ failure: [{ requestPut: { key: 'a' } }, operation] })).toBe(ERRORS.emptyKey);
      expect(refusal({ success: [{ requestTxn: { failure: [operation] } }] })).toBe(ERRORS.emptyKey);
    }
    const twice = [{ requestPut: { key: 'a' } }, { requestPut: { key: 'a' } }];
    expect([refusal({ success: twice }), refusal({ failure: twice })]).toEqual([
      ERRORS.duplicateKey,
      ERRORS.duplicateKey,
    ]);
    expect(refusal({ success: [twice[0] ?? {}], failure: [twice[0] ?? {}] })).toBeUndefined();
  });

  it('is a transaction of more than 128 comparisons or operations', () => {
    const many = <T>(count: number, one: (index: number) => T) =>
      Array.from({ length: count }, (_, i) => one(i));
    const refusal = (request: Encodable<kv.TxnRequest>) => checkTxn(txn(request), rules)?.error;
    for (const [count, expected] of [
      [128, undefined],
      [129, ERRORS.tooManyOps],
    ] as const) {
      expect(refusal({ compare: many(count, (i) => ({ key: `k${i}` })) })).toBe(expected);
      expect(refusal({ failure: many(count, (i) => ({ requestRange: { key: `k${i}` } })) })).toBe(expected);
    }
  });
});

describe('a transaction', () => {
  const read = { requestRange: { key: 'a' } };
  const serializable = { requestRange: { key: 'a', serializable: true } };
  const write = { requestPut: { key: 'a' } };

  it('only reads where both branches only read', () => {
    expect([isReadOnly(txn({})), isReadOnly(txn({ success: [read], failure: [read] }))]).toEqual([
      true,
      true,
    ]);
    expect([isReadOnly(txn({ success: [write] })), isReadOnly(txn({ failure: [read, write] }))]).toEqual([
      false,
      false,
    ]);
    expect(isReadOnly(txn({ success: [{ requestTxn: { success: [read] } }] }))).toBe(false);
  });

  it('is serializable if all its reads are', () => {
    expect([isSerializable(txn({})), isSerializable(txn({ success: [serializable] }))]).toEqual([true, true]);
    expect(isSerializable(txn({ success: [serializable], failure: [read] }))).toBe(false);
    expect(isSerializable(txn({ success: [serializable, read] }))).toBe(false);
    expect(isSerializable(txn({ success: [write] }))).toBe(false);
  });

  it('loses empty range ends on its way through the log, wherever they are', () => {
    const emptied = (rangeEnd: string | undefined): Encodable<kv.TxnRequest> => ({
      compare: [
        { key: 'a', rangeEnd },
        { key: 'b', rangeEnd: 'c' },
      ],
      success: [
        { requestRange: { key: 'a', rangeEnd } },
        { requestDeleteRange: { key: 'd', rangeEnd: 'e' } },
        { requestPut: { key: 'p' } },
      ],
      failure: [{ requestDeleteRange: { key: 'a', rangeEnd } }],
    });
    const nested = (rangeEnd: string | undefined): Encodable<kv.TxnRequest> => ({
      success: [write, { requestTxn: emptied(rangeEnd) }],
    });
    for (const make of [emptied, nested]) {
      expect(throughLog(txn(make('')))).toEqual(txn(make(undefined)));
      const kept = txn(make('z'));
      expect(throughLog(kept)).toEqual(kept);
    }
    for (const one of [
      { compare: [{ key: 'a', rangeEnd: '' }] },
      { success: [{ requestRange: { key: 'a', rangeEnd: '' } }] },
      { failure: [{ requestDeleteRange: { key: 'a', rangeEnd: '' } }] },
    ] satisfies Encodable<kv.TxnRequest>[]) {
      expect(JSON.stringify(throughLog(txn(one)), ignoreBigInts)).not.toContain('"rangeEnd":""');
    }
  });

  it('a range of its own loses an empty end if the version reads it so', () => {
    expect(withRangeEnd(range({ key: 'a', rangeEnd: '' }), rules).rangeEnd).toBeUndefined();
    expect(withRangeEnd(range({ key: 'a', rangeEnd: '' }), old).rangeEnd).toBe('');
  });
});

const ignoreBigInts = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value);

/** Keys a to e in several revisions, some of them changed again or deleted. */
function filled(writes: readonly (readonly [string, string])[]): Store {
  const store = new Store({ attach: () => undefined, detach: () => undefined }, rules);
  for (const [key, value] of writes) {
    const transaction = new WriteTransaction(store);
    if (value === '-') transaction.deleteRange(key, undefined);
    else transaction.put(key, value, BigInt(value.length));
    transaction.end();
  }
  return store;
}

const writes = fc.array(
  fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('', 'x', 'y', 'yy', '-')),
  { maxLength: 15 },
);
/** Mostly none, so that each is often the only one. */
const bound = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 8 }) },
);

it('a range is filtered, sorted and cut in this order, and counts all', () => {
  const request = fc.record({
    limit: fc.integer({ min: -1, max: 4 }),
    sortOrder: fc.integer({ min: -1, max: 3 }),
    sortTarget: fc.integer({ min: 0, max: 4 }),
    minModRevision: bound,
    maxModRevision: bound,
    minCreateRevision: bound,
    maxCreateRevision: bound,
    keysOnly: fc.boolean(),
    filters: fc.boolean(),
  });
  const by = (target: number) => (one: Change) =>
    [one.key, one.version, one.createRevision, one.modRevision, one.value][target] ?? '';
  fc.assert(
    fc.property(writes, request, (history, { filters, ...asked }) => {
      const store = filled(history);
      const none = { minModRevision: 0, maxModRevision: 0, minCreateRevision: 0, maxCreateRevision: 0 };
      const full = range({ key: 'a', rangeEnd: 'z', ...asked, ...(filters ? {} : none) });
      const found = executeRange(store, full, rules);
      const all = store.range('a', 'z');
      if (found.kind === 'failed' || all.kind === 'failed') throw new Error('expected an answer');
      const isWithin = (value: number, min: number, max: number) =>
        (min === 0 || value >= min) && (max === 0 || value <= max);
      let expected = all.value.kvs.filter(
        (one) =>
          isWithin(one.modRevision, full.minModRevision, full.maxModRevision) &&
          isWithin(one.createRevision, full.minCreateRevision, full.maxCreateRevision),
      );
      const isFiltered = filters && Object.keys(none).some((name) => full[name as keyof typeof none] !== 0);
      // Without an order, a target other than the key sorts the keys within the limit, and one more.
      if (full.sortOrder === 0 && !isFiltered && full.limit > 0) expected = expected.slice(0, full.limit + 1);
      const isSorted = full.sortOrder >= 0 && full.sortOrder <= 2;
      const sign = full.sortOrder === 2 ? -1 : 1;
      const value = by(full.sortTarget);
      if (isSorted) {
        // Up to twelve keys, Go sorts by insertion, which keeps ties in order.
        expected = expected.toSorted((left, right) =>
          value(left) < value(right) ? -sign : value(left) > value(right) ? sign : 0,
        );
      }
      const more = full.limit > 0 && expected.length > full.limit;
      if (more) expected = expected.slice(0, full.limit);
      expect([found.value.count, found.value.more]).toEqual([all.value.kvs.length, more]);
      expect(found.value.kvs.map(({ key }) => key)).toEqual(expected.map(({ key }) => key));
      for (const [index, one] of found.value.kvs.entries()) {
        const { value: text, lease } = expected[index] as Change;
        const omits = full.keysOnly && full.sortTarget !== kv.SORT_TARGET.value;
        expect([one.value, one.lease]).toEqual([full.keysOnly ? '' : text, omits ? 0n : lease]);
      }
    }),
    { numRuns: 500 },
  );
});

it('a comparison holds if it holds for every key of its range', () => {
  const compare = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    rangeEnd: fc.constantFrom(undefined, 'c', 'z', '\0'),
    result: fc.integer({ min: 0, max: 3 }),
    target: fc.integer({ min: 0, max: 4 }),
    operand: fc.integer({ min: 0, max: 4 }),
  });
  fc.assert(
    fc.property(writes, compare, (history, { key, rangeEnd, result, target, operand }) => {
      const store = filled(history);
      const value = ['', 'x', 'y', 'yy', 'z'][operand] ?? '';
      const named = ['version', 'createRevision', 'modRevision', 'value', 'lease'][target] ?? '';
      const given = { value, lease: BigInt(operand) }[named] ?? operand;
      const request = txn({ compare: [{ key, rangeEnd, result, target, [named]: given }] });
      const end = rangeEnd === '\0' ? '' : rangeEnd;
      const found = store.range(key, end);
      if (found.kind === 'failed') throw new Error('expected an answer');
      const zero = named === 'lease' ? 0n : 0;
      const actual = found.value.kvs.map((one) => one[named as keyof Change] as number | bigint | string);
      const compared = actual.length > 0 ? actual : named === 'value' ? [] : [zero];
      const holds =
        compared.length > 0 &&
        compared.every((one) => [one === given, one > given, one < given, one !== given][result] === true);
      expect(choosePath(store, request).succeeded).toBe(holds);
    }),
    { numRuns: 500 },
  );
});
