import { expect, test } from 'vitest';
import { ERRORS, statusOf } from '../../sim/etcd/errors.js';
import { SORT_ORDER, SORT_TARGET } from '../../sim/etcd/wire/kv.js';
import { FOLLOWER_LAG_MAX_MS, TestCluster, type TestClient } from './harness.js';

function client(): TestClient {
  return new TestCluster().client();
}

const keysOf = (response: { readonly kvs: readonly { readonly key: string }[] }): string[] =>
  response.kvs.map(({ key }) => key);

test('a fresh store is at revision 1', () => {
  expect(client().range('a').response.header?.revision).toBe(1);
});

test('every put advances the revision by one and counts the versions of its key', () => {
  const etcd = client();
  expect(etcd.put('a', 'one').response.header?.revision).toBe(2);
  expect(etcd.put('b', 'two').response.header?.revision).toBe(3);
  expect(etcd.put('a', 'three').response.header?.revision).toBe(4);
  expect(etcd.range('a').response.kvs).toEqual([
    { key: 'a', value: 'three', createRevision: 2, modRevision: 4, version: 2, lease: 0n },
  ]);
});

test('a delete that removes nothing leaves the revision alone', () => {
  const etcd = client();
  const { deleted, header } = etcd.deleteRange('a').response;
  expect([deleted, header?.revision]).toEqual([0, 1]);
});

test('a deleted key starts again at version 1', () => {
  const etcd = client();
  etcd.put('a', '1');
  etcd.put('a', '2');
  expect(etcd.deleteRange('a').response).toMatchObject({ deleted: 1, header: { revision: 4 } });
  etcd.put('a', '3');
  expect(etcd.range('a').response.kvs[0]).toMatchObject({ createRevision: 5, modRevision: 5, version: 1 });
});

test('a range can be read at any revision since the compaction', () => {
  const etcd = client();
  etcd.put('a', '1');
  etcd.put('a', '2');
  etcd.deleteRange('a');
  const valueAt = (revision: number): string | undefined =>
    etcd.range('a', { revision }).response.kvs[0]?.value;
  expect([valueAt(1), valueAt(2), valueAt(3), valueAt(4)]).toEqual([undefined, '1', '2', undefined]);
  expect(etcd.range('a', { revision: 2 }).response.header?.revision).toBe(4);
});

test('a revision that does not exist yet is refused', () => {
  expect(client().range('a', { revision: 2 }).status).toEqual(statusOf(ERRORS.futureRevision));
});

test('range ends are exclusive; \\0 is no end; keys compare bytewise', () => {
  const etcd = client();
  for (const key of ['a', 'a\0', 'b', 'b\xff', '\xff']) etcd.put(key);
  expect(keysOf(etcd.range('a', { rangeEnd: 'b' }).response)).toEqual(['a', 'a\0']);
  expect(keysOf(etcd.range('b', { rangeEnd: '\0' }).response)).toEqual(['b', 'b\xff', '\xff']);
  expect(keysOf(etcd.range('\0', { rangeEnd: '\0' }).response)).toHaveLength(5);
  expect(keysOf(etcd.range('b', { rangeEnd: 'a' }).response)).toEqual([]);
});

test('an empty range end on the wire reads on from the key, but deletes the key alone', () => {
  const etcd = client();
  for (const key of ['a', 'b', 'c']) etcd.put(key);
  expect(keysOf(etcd.range('b', { rangeEnd: '' }).response)).toEqual(['b', 'c']);
  expect(etcd.deleteRange('b', { rangeEnd: '' }).response.deleted).toBe(1);
});

test('a limit cuts, reports further keys, and does not change the count', () => {
  const etcd = client();
  for (const key of ['a', 'b', 'c']) etcd.put(key);
  const all = { rangeEnd: '\0' };
  expect(etcd.range('a', { ...all, limit: 2 }).response).toMatchObject({ more: true, count: 3 });
  expect(etcd.range('a', { ...all, limit: 3 }).response).toMatchObject({ more: false, count: 3 });
  expect(keysOf(etcd.range('a', { ...all, limit: -1 }).response)).toEqual(['a', 'b', 'c']);
});

test('count only returns no keys, keys only no values', () => {
  const etcd = client();
  etcd.put('a', 'value');
  expect(etcd.range('a', { countOnly: true }).response).toMatchObject({ kvs: [], count: 1 });
  expect(etcd.range('a', { keysOnly: true }).response.kvs[0]).toMatchObject({
    key: 'a',
    value: '',
    version: 1,
  });
});

test('results are sorted by the requested target', () => {
  const etcd = client();
  etcd.put('a', '3');
  etcd.put('b', '1');
  etcd.put('c', '2');
  etcd.put('b', '1');
  const sorted = (sortOrder: number, sortTarget: number): string =>
    keysOf(etcd.range('a', { rangeEnd: '\0', sortOrder, sortTarget }).response).join('');
  expect(sorted(SORT_ORDER.descend, SORT_TARGET.key)).toBe('cba');
  expect(sorted(SORT_ORDER.ascend, SORT_TARGET.value)).toBe('bca');
  expect(sorted(SORT_ORDER.descend, SORT_TARGET.create)).toBe('cba');
  expect(sorted(SORT_ORDER.ascend, SORT_TARGET.mod)).toBe('acb');
  expect(sorted(SORT_ORDER.none, SORT_TARGET.version)).toBe('acb');
});

test('a target without an order sorts the keys that the limit has left', () => {
  const etcd = client();
  etcd.put('a', '3');
  etcd.put('b', '2');
  etcd.put('c', '1');
  const { response } = etcd.range('a', { rangeEnd: '\0', limit: 1, sortTarget: SORT_TARGET.value });
  expect(keysOf(response)).toEqual(['b']);
});

test('revisions filter after counting and before the limit', () => {
  const etcd = client();
  for (const key of ['a', 'b', 'c']) etcd.put(key);
  etcd.put('a');
  const filtered = etcd.range('a', { rangeEnd: '\0', minModRevision: 4, limit: 1 }).response;
  expect([keysOf(filtered), filtered.more, filtered.count]).toEqual([['a'], true, 3]);
  expect(keysOf(etcd.range('a', { rangeEnd: '\0', maxCreateRevision: 3 }).response)).toEqual(['a', 'b']);
});

test('a put can return the previous value', () => {
  const etcd = client();
  expect(etcd.put('a', '1', { prevKv: true }).response.prevKv).toBeUndefined();
  expect(etcd.put('a', '2', { prevKv: true }).response.prevKv).toMatchObject({ value: '1', version: 1 });
});

test('a put can keep the value, of an existing key', () => {
  const etcd = client();
  expect(etcd.put('a', '', { ignoreValue: true }).status).toEqual(statusOf(ERRORS.keyNotFound));
  etcd.put('a', 'kept');
  etcd.put('a', '', { ignoreValue: true });
  expect(etcd.range('a').response.kvs[0]).toMatchObject({ value: 'kept', version: 2 });
  expect(etcd.put('a', 'other', { ignoreValue: true }).status).toEqual(statusOf(ERRORS.valueProvided));
});

test('a put can keep the lease, and takes another or none otherwise', () => {
  const etcd = client();
  for (const lease of [7n, 8n]) etcd.grant(100, lease);
  etcd.put('a', '1', { lease: 7n });
  etcd.put('a', '2', { ignoreLease: true });
  expect(etcd.range('a').response.kvs[0]).toMatchObject({ value: '2', lease: 7n });
  etcd.put('a', '3', { lease: 8n });
  etcd.revoke(7n);
  expect(etcd.range('a').response.kvs[0]).toMatchObject({ value: '3', lease: 8n });
  etcd.put('a', '4');
  etcd.revoke(8n);
  expect(etcd.range('a').response.kvs[0]).toMatchObject({ value: '4', lease: 0n });
});

test('a delete can return the deleted keys, in order', () => {
  const etcd = client();
  etcd.put('a');
  expect(etcd.deleteRange('a').response.prevKvs).toEqual([]);
  etcd.put('b', '2');
  etcd.put('a', '1');
  const { deleted, prevKvs } = etcd.deleteRange('a', { rangeEnd: 'c', prevKv: true }).response;
  expect([deleted, prevKvs.map(({ value }) => value)]).toEqual([2, ['1', '2']]);
});

test('requests without a key, or with an unknown sort order, are refused', () => {
  const etcd = client();
  expect(etcd.range('').status).toEqual(statusOf(ERRORS.emptyKey));
  expect(etcd.put('').status).toEqual(statusOf(ERRORS.emptyKey));
  expect(etcd.deleteRange('').status).toEqual(statusOf(ERRORS.emptyKey));
  expect(etcd.range('a', { sortOrder: 3 }).status).toEqual(statusOf(ERRORS.invalidSortOption));
  expect(etcd.range('a', { sortTarget: 5 }).status).toEqual(statusOf(ERRORS.invalidSortOption));
});

test('a write above 1.5 MiB is refused, a message above 2 MiB is not read', () => {
  const etcd = client();
  expect(etcd.put('a', 'x'.repeat(1024 * 1024)).status?.code).toBe(0);
  expect(etcd.put('a', 'x'.repeat(1536 * 1024)).status).toEqual(statusOf(ERRORS.requestTooLarge));
  expect(etcd.put('a', 'x'.repeat(2 * 1024 * 1024)).status).toEqual({
    code: 8,
    details: 'grpc: received message larger than max (2097160 vs. 2097152)',
  });
});

test('compacted revisions cannot be read, the newest one at the compaction can', () => {
  const etcd = client();
  for (const value of ['1', '2', '3']) etcd.put('a', value);
  expect(etcd.compact(3).response.header?.revision).toBe(4);
  expect(etcd.range('a', { revision: 2 }).status).toEqual(statusOf(ERRORS.compacted));
  expect(etcd.range('a', { revision: 3 }).response.kvs[0]?.value).toBe('2');
  expect(etcd.range('a').response.kvs[0]).toMatchObject({ value: '3', createRevision: 2, version: 3 });
});

test('a compaction is refused twice, beyond the newest revision and below 0', () => {
  const etcd = client();
  etcd.put('a');
  expect(etcd.compact(2).status?.code).toBe(0);
  expect(etcd.compact(2).status).toEqual(statusOf(ERRORS.compacted));
  expect(etcd.compact(3).status).toEqual(statusOf(ERRORS.futureRevision));
  expect(client().compact(-1).status).toEqual(statusOf(ERRORS.compacted));
  expect(client().compact(0).status?.code).toBe(0);
});

test('every response names the cluster, the member and the term', () => {
  const cluster = new TestCluster('m1', 'm2', 'm3');
  const put = cluster.client('m1').put('a');
  cluster.host.advance(FOLLOWER_LAG_MAX_MS);
  const one = put.response.header;
  const two = cluster.client('m2').range('a').response.header;
  expect(one?.clusterId).toBe(two?.clusterId);
  expect(one?.memberId).not.toBe(two?.memberId);
  expect([one?.raftTerm, two?.raftTerm]).toEqual([2, 2]);
});
