import { expect, test } from 'vitest';
import { ERRORS, statusOf } from '../../sim/etcd/errors.js';
import { FOLLOWER_LAG_MAX_MS, threeMembers } from './harness.js';

/** Slower than any test lasts, so that only its end lets the member catch up. */
const AN_HOUR_MS = 3_600_000;

test('a follower applies committed entries a moment after its leader: until then a serializable read is stale', () => {
  const { etcd, host, leader, one } = threeMembers();
  etcd.client(leader).put('a', 'new');
  expect(etcd.client(leader).range('a', { serializable: true }).response.kvs).toHaveLength(1);
  expect(etcd.client(one).range('a', { serializable: true }).response.kvs).toEqual([]);
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(etcd.client(one).range('a', { serializable: true }).response.kvs).toHaveLength(1);
});

test('a stale read names the revision that it was made at', () => {
  const { etcd, leader, one } = threeMembers();
  const { header } = etcd.client(leader).put('a').response;
  const stale = etcd.client(one).range('a', { serializable: true }).response.header;
  expect(stale?.revision).toBe((header?.revision ?? 0) - 1);
});

test('a linearizable read through a follower waits until the follower has everything committed at its request', () => {
  const { etcd, host, leader, one } = threeMembers();
  etcd.client(leader).put('a', 'new');
  const read = etcd.client(one).range('a');
  expect(read.messages).toEqual([]);
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(read.response.kvs[0]?.value).toBe('new');
});

test('a write through a follower is answered when the follower has applied it', () => {
  const { etcd, host, leader, one } = threeMembers();
  const put = etcd.client(one).put('a');
  expect(etcd.client(leader).range('a').response.kvs).toHaveLength(1);
  expect(put.messages).toEqual([]);
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(put.status?.code).toBe(0);
});

test('a watcher on a slow member gets every event late, in order', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  const watch = etcd.client(one).watch({ key: 'a' });
  watch.take();
  cluster.slowMember(one, 500);
  etcd.client(leader).put('a', '1');
  etcd.client(leader).put('a', '2');
  host.advance(499);
  expect(watch.take()).toEqual([]);
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(watch.take().flatMap(({ events }) => events.map(({ kv }) => kv?.value))).toEqual(['1', '2']);
});

test('a member that is more than 5000 entries behind refuses writes, and accepts them again once it has caught up', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  cluster.slowMember(one, AN_HOUR_MS);
  for (let count = 0; count < 5001; count++) etcd.client(leader).put('a');
  expect(etcd.client(one).put('b').status).toEqual(statusOf(ERRORS.tooManyRequests));
  expect(etcd.client(leader).put('b').status?.code).toBe(0);
  host.advance(AN_HOUR_MS + FOLLOWER_LAG_MAX_MS);
  cluster.slowMember(one, 0);
  const put = etcd.client(one).put('b');
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(put.status?.code).toBe(0);
});

test('a slow leader commits at once and answers when it has applied', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  cluster.slowMember(leader, 300);
  const put = etcd.client(leader).put('a');
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(put.messages).toEqual([]);
  expect(etcd.client(one).range('a', { serializable: true }).response.kvs).toHaveLength(1);
  host.advance(300);
  expect(put.status?.code).toBe(0);
});

test('members have the same keys, revisions and leases once all have applied everything', () => {
  const { etcd, host, leader, one, two } = threeMembers();
  const { ID } = etcd.client(leader).grant(60).response;
  etcd.client(leader).put('a', 'x', { lease: ID });
  etcd.client(leader).put('b');
  etcd.client(leader).deleteRange('b');
  host.advance(FOLLOWER_LAG_MAX_MS);
  const contents = [leader, one, two].map((name) => {
    const { kvs, header } = etcd.client(name).range('\0', { rangeEnd: '\0', serializable: true }).response;
    return { kvs, revision: header?.revision, leases: etcd.client(name).leases().response.leases };
  });
  expect(contents[1]).toEqual(contents[0]);
  expect(contents[2]).toEqual(contents[0]);
});

test('a status shows how far a member is behind', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  cluster.slowMember(one, 500);
  etcd.client(leader).put('a');
  const behind = etcd.client(one).memberStatus().response;
  expect(behind.raftIndex - behind.raftAppliedIndex).toBe(1);
  host.advance(502);
  const after = etcd.client(one).memberStatus().response;
  expect(after.raftIndex - after.raftAppliedIndex).toBe(0);
});

test('a slow leader answers for a lease once it has applied all committed entries, and gives up after a second', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  const { ID } = etcd.client(leader).grant(60).response;
  cluster.slowMember(leader, 300);
  etcd.client(leader).put('a', 'x', { lease: ID });
  const soon = etcd.client(leader).timeToLive(ID, true);
  expect(soon.messages).toEqual([]);
  host.advance(302);
  expect(soon.response).toMatchObject({ TTL: 59, keys: ['a'] });
  cluster.slowMember(leader, AN_HOUR_MS);
  etcd.client(leader).put('b');
  const [atLeader, atFollower] = [leader, one].map((name) => etcd.client(name).timeToLive(ID));
  const kept = etcd.client(leader).keepAlive().send({ ID });
  host.advance(1000);
  const refused = {
    code: 14,
    details: 'etcdserver: request timed out, waiting for the applied index took too long',
  };
  expect([atLeader?.status, kept.status]).toEqual([refused, refused]);
  // A request through another member is retried until the request itself has waited too long.
  expect(atFollower?.status).toBeUndefined();
  host.advance(6000);
  expect(atFollower?.status).toEqual({ code: 14, details: 'etcdserver: request timed out' });
});
