import { expect, test } from 'vitest';
import { ERRORS, statusOf } from '../../sim/etcd/errors.js';
import { COMPARE_RESULT, COMPARE_TARGET, type TxnRequest } from '../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../sim/etcd/wire/message.js';
import { TestCluster, type TestClient } from './harness.js';

type Operation = NonNullable<Encodable<TxnRequest>['success']>[number];
type Comparison = NonNullable<Encodable<TxnRequest>['compare']>[number];

const put = (key: string, value = ''): Operation => ({ requestPut: { key, value } });
const get = (key: string): Operation => ({ requestRange: { key } });
const del = (key: string, rangeEnd?: string): Operation => ({ requestDeleteRange: { key, rangeEnd } });
const nested = (...success: Operation[]): Operation => ({ requestTxn: { success } });

function client(): TestClient {
  return new TestCluster().client();
}

function holds(etcd: TestClient, compare: Comparison): boolean {
  return etcd.txn({ compare: [compare] }).response.succeeded;
}

test('without comparisons the success branch is taken', () => {
  expect(client().txn({}).response.succeeded).toBe(true);
});

test('all writes of a transaction share one revision', () => {
  const etcd = client();
  const { header, responses } = etcd.txn({ success: [put('a'), put('b'), put('c')] }).response;
  expect(header?.revision).toBe(2);
  expect(responses.map(({ responsePut }) => responsePut?.header?.revision)).toEqual([2, 2, 2]);
  expect(etcd.range('a', { rangeEnd: '\0' }).response.kvs.map((kv) => kv.modRevision)).toEqual([2, 2, 2]);
});

test('a transaction that changes nothing leaves the revision alone', () => {
  const etcd = client();
  expect(etcd.txn({ success: [del('a'), get('a')] }).response.header?.revision).toBe(1);
});

test('operations see the writes before them in the same transaction', () => {
  const etcd = client();
  etcd.put('a', 'old');
  const { responses } = etcd.txn({ success: [get('a'), put('a', 'new'), get('a'), get('b')] }).response;
  const read = responses.map(({ responseRange }) => [
    responseRange?.kvs[0]?.value,
    responseRange?.header?.revision,
  ]);
  expect(read).toEqual([
    ['old', 2],
    [undefined, undefined],
    ['new', 3],
    [undefined, 3],
  ]);
});

test('one comparison that fails sends the transaction into the failure branch', () => {
  const etcd = client();
  const compare: Comparison[] = [
    { key: 'a', target: COMPARE_TARGET.version, version: 0 },
    { key: 'a', target: COMPARE_TARGET.version, version: 1 },
  ];
  const { succeeded } = etcd.txn({ compare, success: [put('a', 'yes')], failure: [put('a', 'no')] }).response;
  expect(succeeded).toBe(false);
  expect(etcd.range('a').response.kvs[0]?.value).toBe('no');
});

test.each([
  ['version', { target: COMPARE_TARGET.version, version: 2 }],
  ['create revision', { target: COMPARE_TARGET.create, createRevision: 3 }],
  ['mod revision', { target: COMPARE_TARGET.mod, modRevision: 4 }],
  ['value', { target: COMPARE_TARGET.value, value: 'm' }],
  ['lease', { target: COMPARE_TARGET.lease, lease: 7n }],
])('a comparison of the %s knows equal, greater, less and not equal', (_name, target) => {
  const etcd = client();
  etcd.grant(100, 7n);
  etcd.put('other');
  etcd.put('a', 'x', { lease: 7n });
  etcd.put('a', 'm', { lease: 7n });
  const results = [
    COMPARE_RESULT.equal,
    COMPARE_RESULT.greater,
    COMPARE_RESULT.less,
    COMPARE_RESULT.notEqual,
  ].map((result) => holds(etcd, { key: 'a', result, ...target }));
  expect(results).toEqual([true, false, false, false]);
});

test('an absent key compares as zero, but never by its value', () => {
  const etcd = client();
  expect(holds(etcd, { key: 'a', target: COMPARE_TARGET.create, createRevision: 0 })).toBe(true);
  expect(holds(etcd, { key: 'a', target: COMPARE_TARGET.value, value: '' })).toBe(false);
  expect(holds(etcd, { key: 'a', target: COMPARE_TARGET.value, result: COMPARE_RESULT.notEqual })).toBe(
    false,
  );
});

test('a comparison over a range holds where it holds for every key', () => {
  const etcd = client();
  etcd.put('a', '1');
  etcd.put('b', '2');
  const compare = { key: 'a', rangeEnd: 'c', target: COMPARE_TARGET.value } as const;
  expect(holds(etcd, { ...compare, result: COMPARE_RESULT.greater, value: '0' })).toBe(true);
  expect(holds(etcd, { ...compare, result: COMPARE_RESULT.greater, value: '1' })).toBe(false);
});

test('the value that counts is the last one of the comparison on the wire', () => {
  const etcd = client();
  etcd.put('a');
  // The version is there, but the mod revision after it replaces it, so the version compares as 0.
  expect(holds(etcd, { key: 'a', target: COMPARE_TARGET.version, version: 1, modRevision: 2 })).toBe(false);
});

test('what a comparison does not give compares as zero or as empty', () => {
  const etcd = client();
  etcd.put('a');
  const greater = { key: 'a', result: COMPARE_RESULT.greater } as const;
  for (const target of [COMPARE_TARGET.version, COMPARE_TARGET.create, COMPARE_TARGET.mod]) {
    expect(holds(etcd, { ...greater, target })).toBe(true);
  }
  expect(holds(etcd, { key: 'a', target: COMPARE_TARGET.value })).toBe(true);
  expect(holds(etcd, { key: 'a', target: COMPARE_TARGET.lease })).toBe(true);
});

test('a comparison by an unknown result holds, one of an unknown target finds both equal', () => {
  const etcd = client();
  etcd.put('a');
  expect(holds(etcd, { key: 'a', result: 9, target: COMPARE_TARGET.version, version: 7 })).toBe(true);
  expect(holds(etcd, { key: 'a', result: COMPARE_RESULT.equal, target: 9 })).toBe(true);
  expect(holds(etcd, { key: 'a', result: COMPARE_RESULT.greater, target: 9 })).toBe(false);
});

test('nested comparisons see the state before the first write', () => {
  const etcd = client();
  const inner: Operation = {
    requestTxn: {
      compare: [{ key: 'a', target: COMPARE_TARGET.version, version: 0 }],
      success: [put('b', 'as before')],
      failure: [put('b', 'as after')],
    },
  };
  etcd.txn({ success: [put('a'), inner] });
  expect(etcd.range('b').response.kvs[0]?.value).toBe('as before');
});

test('the header of a nested transaction is empty', () => {
  const { responses } = client().txn({ success: [nested(put('a'))] }).response;
  expect(responses[0]?.responseTxn?.header).toEqual({
    clusterId: 0n,
    memberId: 0n,
    revision: 0,
    raftTerm: 0,
  });
});

test.each<[string, Operation[]]>([
  ['two puts', [put('a'), put('a')]],
  ['a put and a delete', [put('a'), del('a')]],
  ['a put into a deleted range', [del('a', 'c'), put('b')]],
  ['puts of two nested transactions', [nested(put('a')), nested(put('a'))]],
  ['a nested put and an outer one', [nested(put('a')), put('a')]],
  ['a nested delete before a put', [nested(del('a')), nested(put('a'))]],
  ['two puts of one nested transaction', [nested(put('a'), put('a'))]],
  ['two puts where it fails', [{ requestTxn: { failure: [put('a'), put('a')] } }]],
])('one key written twice is refused: %s', (_name, success) => {
  expect(client().txn({ success }).status).toEqual(statusOf(ERRORS.duplicateKey));
});

test.each<[string, Operation[]]>([
  ['two deletes', [del('a'), del('a', 'c')]],
  ['a delete that ends before the put', [del('a', 'b'), put('b')]],
  ['a nested put before a nested delete', [nested(put('a')), nested(del('a'))]],
  ['a delete from the key on', [del('a', '\0'), put('b')]],
  [
    'puts in both branches of a nested transaction',
    [{ requestTxn: { success: [put('a')], failure: [put('a')] } }],
  ],
])('what etcd does not count as written twice goes through: %s', (_name, success) => {
  expect(client().txn({ success }).status?.code).toBe(0);
});

test('a key put and deleted in one revision is gone, and its history shows both', () => {
  const cluster = new TestCluster();
  const etcd = cluster.client();
  const watch = etcd.watch({ key: 'a' });
  watch.take();
  etcd.txn({ success: [nested(put('a')), nested(del('a'))] });
  expect(etcd.range('a').response.kvs).toEqual([]);
  expect(watch.take().flatMap(({ events }) => events.map(({ type }) => type))).toEqual([0, 1]);
});

test('a transaction may have 128 operations, shared among its levels', () => {
  const etcd = client();
  const puts = (count: number): Operation[] =>
    Array.from({ length: count }, (_, index) => put(`key${index}`));
  expect(etcd.txn({ success: puts(128) }).status?.code).toBe(0);
  expect(etcd.txn({ success: puts(129) }).status).toEqual(statusOf(ERRORS.tooManyOps));
  expect(etcd.txn({ success: [nested(...puts(127))] }).status?.code).toBe(0);
  expect(etcd.txn({ success: [nested(...puts(128))] }).status).toEqual(statusOf(ERRORS.tooManyOps));
});

test('an operation that is none is refused as an unknown key', () => {
  expect(client().txn({ success: [{}] }).status).toEqual(statusOf(ERRORS.keyNotFound));
});

test('an operation that cannot succeed refuses the whole transaction before it writes', () => {
  const etcd = client();
  const refused: [Operation, object][] = [
    [{ requestPut: { key: 'b', lease: 9n } }, statusOf(ERRORS.leaseNotFound)],
    [{ requestPut: { key: 'b', ignoreValue: true } }, statusOf(ERRORS.keyNotFound)],
    [{ requestRange: { key: 'b', revision: 99 } }, statusOf(ERRORS.futureRevision)],
    [{ requestRange: { key: 'b', revision: -2 } }, statusOf(ERRORS.compacted)],
  ];
  for (const [operation, status] of refused) {
    expect(etcd.txn({ success: [put('a'), operation] }).status).toEqual(status);
  }
  expect(etcd.range('a').response).toMatchObject({ count: 0, header: { revision: 1 } });
});

test('what cannot succeed in the branch not taken does no harm', () => {
  const etcd = client();
  const failure: Operation[] = [{ requestRange: { key: 'b', revision: 99 } }];
  expect(etcd.txn({ success: [put('a')], failure }).status?.code).toBe(0);
});
