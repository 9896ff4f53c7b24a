import { expect, test } from 'vitest';
import { ERRORS, statusOf } from '../../sim/etcd/errors.js';
import type { EtcdCluster } from '../../sim/etcd/service.js';
import {
  ELECTION_MAX_MS,
  FOLLOWER_LAG_MAX_MS,
  REQUEST_TIMEOUT_MS,
  TestCluster,
  threeMembers,
} from './harness.js';

test('a paused member answers nothing, and everything in order once it resumes', () => {
  const etcd = new TestCluster();
  const put = etcd.client().put('a', 'before');
  etcd.cluster.pauseMember('m1');
  const later = etcd.client().put('a', 'later');
  const read = etcd.client().range('a');
  etcd.host.advance(60_000);
  expect([put.status?.code, later.status, read.status]).toEqual([0, undefined, undefined]);
  etcd.cluster.resumeMember('m1');
  expect([later.status?.code, read.response.kvs[0]?.value]).toEqual([0, 'later']);
});

test('a client that gave up in between is not served', () => {
  const etcd = new TestCluster();
  etcd.cluster.pauseMember('m1');
  const put = etcd.client().put('a');
  put.server.cancel();
  etcd.cluster.resumeMember('m1');
  expect(put.messages).toEqual([]);
});

test('its watch streams stay, and get the others’ events as soon as it resumes', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  const watch = etcd.client(one).watch({ key: 'a' });
  watch.take();
  cluster.pauseMember(one);
  etcd.client(leader).put('a', '1');
  host.advance(60_000);
  expect(watch.take()).toEqual([]);
  cluster.resumeMember(one);
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(watch.take()).toMatchObject([{ events: [{ kv: { value: '1' } }] }]);
});

test('a leader that is paused for long is replaced, and follows once it resumes', () => {
  const { etcd, host, cluster, leader } = threeMembers();
  cluster.pauseMember(leader);
  host.advance(ELECTION_MAX_MS);
  const next = cluster.leader;
  expect(next).not.toBe(leader);
  etcd.client(next).put('a', 'new');
  cluster.resumeMember(leader);
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(cluster.leader).toBe(next);
  expect(etcd.client(leader).range('a', { serializable: true }).response.kvs[0]?.value).toBe('new');
});

test('requests to a paused leader go to its successor', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  cluster.pauseMember(leader);
  const put = etcd.client(one).put('a');
  host.advance(ELECTION_MAX_MS);
  cluster.resumeMember(leader);
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(put.status?.code).toBe(0);
});

test('a short pause of the leader costs clients only time', () => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  cluster.pauseMember(leader);
  const put = etcd.client(one).put('a');
  host.advance(500);
  expect(put.messages).toEqual([]);
  cluster.resumeMember(leader);
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(put.response.header?.raftTerm).toBe(2);
  expect(cluster.leader).toBe(leader);
});

test('leases do not expire while the only member is paused, and overdue ones expire once it resumes', () => {
  const etcd = new TestCluster();
  const { ID } = etcd.client().grant(5).response;
  etcd.client().put('a', 'x', { lease: ID });
  etcd.cluster.pauseMember('m1');
  etcd.host.advance(60_000);
  etcd.cluster.resumeMember('m1');
  expect(etcd.client().range('a').response.kvs).toEqual([]);
});

test('a member that is stopped during a pause leaves no timer and no message behind', () => {
  const etcd = new TestCluster();
  const watch = etcd.client().watch({ key: 'a', progressNotify: true });
  watch.take();
  etcd.cluster.pauseMember('m1');
  const put = etcd.client().put('a');
  etcd.cluster.stopMember('m1');
  etcd.host.advance(60_000);
  expect([put.messages, watch.take(), etcd.host.timers]).toEqual([[], [], 0]);
});

test('two of three paused members leave the third without a quorum', () => {
  const { etcd, host, cluster, leader, one, two } = threeMembers();
  cluster.pauseMember(one);
  cluster.pauseMember(two);
  const put = etcd.client(leader).put('a');
  host.advance(7000);
  expect(put.status).toEqual(statusOf(ERRORS.timeout));
  cluster.resumeMember(one);
  host.advance(ELECTION_MAX_MS);
  expect(cluster.leader).toBeDefined();
});

test('leadership passes on without an outage', () => {
  const { etcd, host, cluster, one, leader } = threeMembers();
  const { ID } = etcd.client(leader).grant(10).response;
  host.advance(5000);
  expect(cluster.moveLeader(one)).toBe(true);
  expect(cluster.leader).toBe(one);
  expect(etcd.client(one).put('a').response.header?.raftTerm).toBe(3);
  expect(etcd.client(one).timeToLive(ID).response.TTL).toBe(11);
});

test('leadership does not pass to a member that is out of reach', () => {
  const { cluster, one, two, leader } = threeMembers();
  cluster.disconnectMembers(one, leader);
  cluster.disconnectMembers(one, two);
  expect(cluster.moveLeader(one)).toBe(false);
  cluster.pauseMember(two);
  expect(cluster.moveLeader(two)).toBe(false);
});

test('a question about a lease waits at the paused leader, despite a new one, and is not repeated elsewhere', () => {
  const { etcd, host, cluster, leader, one, two } = threeMembers();
  const { ID } = etcd.client(leader).grant(100).response;
  cluster.pauseMember(leader);
  const asked = [etcd.client(one).timeToLive(ID), etcd.client(one).keepAlive().send({ ID })];
  host.advance(ELECTION_MAX_MS);
  expect([one, two]).toContain(cluster.leader);
  expect(etcd.client(one).timeToLive(ID).response.grantedTTL).toBe(100);
  host.advance(REQUEST_TIMEOUT_MS - ELECTION_MAX_MS);
  for (const { status } of asked) expect(status).toEqual(statusOf(ERRORS.timeout));
});

test('such a question times out even without a leader by then, and a later one finds no leader', () => {
  const { etcd, host, cluster, leader, one, two } = threeMembers();
  cluster.pauseMember(leader);
  cluster.stopMember(two);
  const asked = etcd.client(one).timeToLive(7n);
  host.advance(ELECTION_MAX_MS);
  const later = etcd.client(one).timeToLive(7n);
  host.advance(REQUEST_TIMEOUT_MS);
  expect([asked.status, later.status]).toEqual([statusOf(ERRORS.timeout), statusOf(ERRORS.noLeader)]);
});

test.each([
  ['goes on', (cluster: EtcdCluster, leader: string) => cluster.resumeMember(leader)],
  ['is killed', (cluster: EtcdCluster, leader: string) => cluster.stopMember(leader)],
])('such a question is answered by the new leader once the paused one %s', (_what, end) => {
  const { etcd, host, cluster, leader, one } = threeMembers();
  const { ID } = etcd.client(leader).grant(100).response;
  cluster.pauseMember(leader);
  const asked = etcd.client(one).timeToLive(ID);
  host.advance(ELECTION_MAX_MS);
  expect(asked.status).toBeUndefined();
  end(cluster, leader);
  host.advance(100);
  expect(asked.response.grantedTTL).toBe(100);
});
