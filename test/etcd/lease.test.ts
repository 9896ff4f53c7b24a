import { expect, test } from 'vitest';
import { ERRORS, statusOf } from '../../sim/etcd/errors.js';
import { TestCluster } from './harness.js';

function setUp() {
  const cluster = new TestCluster();
  return { cluster, etcd: cluster.client(), host: cluster.host };
}

/** The leader looks for expired leases this often. */
const LOOK_MS = 500;

test('a lease is granted for at least two seconds, under the requested id', () => {
  const { etcd } = setUp();
  expect(etcd.grant(1, 5n).response).toMatchObject({ ID: 5n, TTL: 2 });
  expect(etcd.grant(-7, 6n).response).toMatchObject({ ID: 6n, TTL: 2 });
  expect(etcd.grant(60, -1n).response).toMatchObject({ ID: -1n, TTL: 60 });
});

test('without an id the server chooses positive ones, all different', () => {
  const { etcd } = setUp();
  const ids = Array.from({ length: 100 }, () => etcd.grant(10).response.ID);
  expect(new Set(ids).size).toBe(100);
  expect(ids.every((id) => id > 0n)).toBe(true);
});

test('a grant is refused if the id is taken or the time is too long', () => {
  const { etcd } = setUp();
  etcd.grant(10, 5n);
  expect(etcd.grant(10, 5n).status).toEqual(statusOf(ERRORS.leaseExists));
  expect(etcd.grant(9_000_000_001, 6n).status).toEqual(statusOf(ERRORS.leaseTtlTooLarge));
});

test('a put with a lease that does not exist is refused', () => {
  const { etcd } = setUp();
  expect(etcd.put('a', '', { lease: 5n }).status).toEqual(statusOf(ERRORS.leaseNotFound));
});

test('a revocation deletes the keys of the lease in one revision, in order', () => {
  const { etcd } = setUp();
  etcd.grant(10, 5n);
  for (const key of ['c', 'a', 'b']) etcd.put(key, '', { lease: 5n });
  const watch = etcd.watch({ key: '\0', rangeEnd: '\0' });
  watch.take();
  expect(etcd.revoke(5n).response.header?.revision).toBe(5);
  const [response] = watch.take();
  expect(response?.events.map(({ kv }) => [kv?.key, kv?.modRevision])).toEqual([
    ['a', 5],
    ['b', 5],
    ['c', 5],
  ]);
  expect(etcd.revoke(5n).status).toEqual(statusOf(ERRORS.leaseNotFound));
});

test('a lease without keys is revoked without a revision', () => {
  const { etcd } = setUp();
  etcd.grant(10, 5n);
  expect(etcd.revoke(5n).response.header?.revision).toBe(1);
});

test('a key is attached to the lease of its last put', () => {
  const { etcd } = setUp();
  etcd.grant(10, 5n);
  etcd.grant(10, 6n);
  etcd.put('moved', '', { lease: 5n });
  etcd.put('moved', '', { lease: 6n });
  etcd.put('freed', '', { lease: 5n });
  etcd.put('freed');
  etcd.put('kept', '', { lease: 5n });
  etcd.put('kept', 'x', { ignoreLease: true });
  etcd.put('deleted', '', { lease: 5n });
  etcd.deleteRange('deleted');
  expect(etcd.timeToLive(5n, true).response.keys).toEqual(['kept']);
  etcd.revoke(5n);
  expect(etcd.range('\0', { rangeEnd: '\0' }).response.kvs.map(({ key }) => key)).toEqual(['freed', 'moved']);
});

test('a lease expires at the first look after its time, and its keys with it', () => {
  const { etcd, host } = setUp();
  host.advance(100);
  etcd.grant(2, 5n);
  etcd.put('a', '', { lease: 5n });
  host.advance(2000);
  expect(etcd.range('a').response.count).toBe(1);
  host.advance(LOOK_MS - 100);
  expect(etcd.range('a').response.count).toBe(0);
  expect(etcd.leases().response.leases).toEqual([]);
});

test('a renewal gives the lease its whole time again', () => {
  const { etcd, host } = setUp();
  etcd.grant(2, 5n);
  const keepAlive = etcd.keepAlive();
  for (let count = 0; count < 5; count++) {
    host.advance(1500);
    keepAlive.send({ ID: 5n });
  }
  expect(keepAlive.take().map(({ TTL }) => TTL)).toEqual([2, 2, 2, 2, 2]);
  host.advance(2000 + LOOK_MS);
  expect(etcd.leases().response.leases).toEqual([]);
});

test('a missing lease is renewed for 0 seconds', () => {
  const { etcd } = setUp();
  expect(etcd.keepAlive().send({ ID: 5n }).take()).toMatchObject([{ ID: 5n, TTL: 0 }]);
});

test('the renewal of a lease that has just expired waits for its end, and so do later ones', () => {
  const { etcd, host } = setUp();
  host.advance(100);
  etcd.grant(2, 5n);
  etcd.grant(60, 6n);
  const keepAlive = etcd.keepAlive();
  host.advance(2000);
  keepAlive.send({ ID: 5n }).send({ ID: 6n });
  expect(keepAlive.take()).toEqual([]);
  host.advance(LOOK_MS);
  expect(keepAlive.take().map(({ ID, TTL }) => [ID, TTL])).toEqual([
    [5n, 0],
    [6n, 60],
  ]);
});

test('a keep-alive stream ends well when the client half-closes', () => {
  const { etcd } = setUp();
  const keepAlive = etcd.keepAlive();
  keepAlive.server.halfClose();
  expect(keepAlive.status).toEqual({ code: 0, details: '' });
});

test('the remaining time is reported in whole seconds, -1 for no lease', () => {
  const { etcd, host } = setUp();
  etcd.grant(10, 5n);
  host.advance(2500);
  expect(etcd.timeToLive(5n).response).toMatchObject({ ID: 5n, TTL: 7, grantedTTL: 10, keys: [] });
  expect(etcd.timeToLive(6n).response).toMatchObject({ ID: 6n, TTL: -1, grantedTTL: 0 });
});

test('leases are listed in the order in which they expire', () => {
  const { etcd } = setUp();
  etcd.grant(30, 1n);
  etcd.grant(10, 2n);
  etcd.grant(20, 3n);
  expect(etcd.leases().response.leases.map(({ ID }) => ID)).toEqual([2n, 3n, 1n]);
});

test('nothing is scheduled once no lease is left', () => {
  const { etcd, host } = setUp();
  etcd.grant(2);
  expect(host.timers).toBe(1);
  host.advance(10_000);
  expect(host.timers).toBe(0);
});

test('ids are exact over all 64 bits', () => {
  const { etcd } = setUp();
  const id = 2n ** 62n + 1n;
  etcd.grant(10, id);
  etcd.put('a', '', { lease: id });
  expect(etcd.range('a').response.kvs[0]?.lease).toBe(id);
  expect(etcd.put('b', '', { lease: id + 1n }).status).toEqual(statusOf(ERRORS.leaseNotFound));
});
