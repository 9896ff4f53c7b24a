import { expect, test } from 'vitest';
import { ERRORS, statusOf } from '../../sim/etcd/errors.js';
import {
  ELECTION_MAX_MS,
  FOLLOWER_LAG_MAX_MS,
  REQUEST_TIMEOUT_MS,
  TestCluster,
  threeMembers,
} from './harness.js';

/** Three members of which one is cut off from the others. */
function cutOff(which: 'leader' | 'follower') {
  const world = threeMembers();
  const { cluster, leader, one, two } = world;
  const alone = which === 'leader' ? leader : one;
  const others = which === 'leader' ? [one, two] : [leader, two];
  for (const other of others) cluster.disconnectMembers(alone, other);
  const mend = (): void => {
    for (const other of others) cluster.reconnectMembers(alone, other);
  };
  return { ...world, alone, others, mend };
}

test('a follower that is cut off keeps answering serializable reads, from old data', () => {
  const { etcd, host, alone, leader } = cutOff('follower');
  etcd.client(leader).put('a');
  host.advance(60_000);
  expect(etcd.client(alone).range('a', { serializable: true }).response.kvs).toEqual([]);
});

test('its linearizable reads and writes time out', () => {
  const { etcd, host, alone } = cutOff('follower');
  const read = etcd.client(alone).range('a');
  const put = etcd.client(alone).put('a');
  host.advance(REQUEST_TIMEOUT_MS);
  expect(read.status).toEqual(statusOf(ERRORS.timeout));
  expect(put.status).toEqual(statusOf(ERRORS.timeout));
});

test('its watchers hear nothing, and everything once it is back', () => {
  const { etcd, host, alone, leader, mend } = cutOff('follower');
  const watch = etcd.client(alone).watch({ key: 'a' });
  watch.take();
  etcd.client(leader).put('a', '1');
  etcd.client(leader).put('a', '2');
  host.advance(60_000);
  expect(watch.take()).toEqual([]);
  mend();
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(watch.take().flatMap(({ events }) => events.map(({ kv }) => kv?.value))).toEqual(['1', '2']);
});

test('the others continue without it under the same leader, even when it comes back', () => {
  const { etcd, host, cluster, leader, mend } = cutOff('follower');
  host.advance(60_000);
  expect(etcd.client(leader).put('a').status?.code).toBe(0);
  mend();
  host.advance(ELECTION_MAX_MS);
  expect(cluster.leader).toBe(leader);
  expect(etcd.client(leader).put('a').response.header?.raftTerm).toBe(2);
});

test('if members do not ask before they begin a term, as in 3.4, its return deposes the leader', () => {
  const etcd = new TestCluster({ version: '3.4' }, 'm1', 'm2', 'm3');
  const leader = etcd.leader() ?? '';
  const [alone = '', other = ''] = ['m1', 'm2', 'm3'].filter((name) => name !== leader);
  const others = [leader, other];
  for (const name of others) etcd.cluster.disconnectMembers(alone, name);
  etcd.host.advance(ELECTION_MAX_MS);
  for (const name of others) etcd.cluster.reconnectMembers(alone, name);
  etcd.host.advance(ELECTION_MAX_MS);
  const now = etcd.cluster.leader;
  expect(now).toBeDefined();
  expect(etcd.client(now).put('a').response.header?.raftTerm).toBeGreaterThan(3);
});

test('a leader that is cut off is replaced by one of the others', () => {
  const { etcd, host, cluster, alone, others } = cutOff('leader');
  host.advance(ELECTION_MAX_MS);
  expect(others).toContain(cluster.leader);
  expect(etcd.client(cluster.leader).put('a').response.header?.raftTerm).toBe(3);
  expect(etcd.client(alone).range('a', { serializable: true }).response.kvs).toEqual([]);
});

test('writes to it are lost, and its clients cannot know', () => {
  const { etcd, host, cluster, alone, mend } = cutOff('leader');
  const put = etcd.client(alone).put('a', 'lost');
  host.advance(ELECTION_MAX_MS);
  etcd.client(cluster.leader).put('a', 'kept');
  mend();
  host.advance(REQUEST_TIMEOUT_MS);
  expect(put.status).toEqual(statusOf(ERRORS.timeoutDueToConnectionLost));
  expect(etcd.client(alone).range('a').response.kvs[0]?.value).toBe('kept');
});

test('writes to it are committed if the partition ends before the others have elected a leader', () => {
  const { etcd, host, alone, one, mend } = cutOff('leader');
  const put = etcd.client(alone).put('a', 'kept');
  expect(put.messages).toEqual([]);
  mend();
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(put.status?.code).toBe(0);
  expect(etcd.client(one).range('a').response.kvs[0]?.value).toBe('kept');
});

test('entries that a new leader never had are lost for good, even if the member with them leads again', () => {
  const { etcd, host, cluster, alone, mend } = cutOff('leader');
  etcd.client(alone).put('a', 'lost');
  host.advance(ELECTION_MAX_MS);
  mend();
  host.advance(FOLLOWER_LAG_MAX_MS);
  expect(cluster.moveLeader(alone)).toBe(true);
  expect(etcd.client(alone).range('a').response.kvs).toEqual([]);
});

test('it answers no linearizable read, although it still believes that it leads', () => {
  const { etcd, host, alone } = cutOff('leader');
  const read = etcd.client(alone).range('a');
  expect(etcd.client(alone).memberStatus().response.leader).not.toBe(0n);
  host.advance(REQUEST_TIMEOUT_MS);
  expect(read.status).toEqual(statusOf(ERRORS.timeout));
});

test('a member that lacks a committed entry is not elected', () => {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { etcd, host, cluster, alone, leader, others } = cutOff('follower');
    const other = others.find((name) => name !== leader) ?? '';
    for (let draws = 0; draws < attempt; draws++) host.randomUint32('election');
    etcd.client(leader).put('a');
    host.advance(FOLLOWER_LAG_MAX_MS);
    cluster.stopMember(leader);
    cluster.reconnectMembers(alone, other);
    host.advance(2 * ELECTION_MAX_MS);
    expect(cluster.leader).toBe(other);
  }
});

test('it renews leases until it steps down, while a new leader already counts anew', () => {
  const { etcd, host, cluster, alone } = cutOff('leader');
  etcd.client(alone).keepAlive();
  const isGone = etcd.client(alone).keepAlive().send({ ID: 1n });
  expect(isGone.take()).toMatchObject([{ ID: 1n, TTL: 0 }]);
  host.advance(ELECTION_MAX_MS);
  expect(cluster.leader).not.toBe(alone);
});

test('a lease that only a leader without quorum sees expire lives on until a quorum decides', () => {
  const { etcd, host, cluster, alone, leader, others } = cutOff('leader');
  for (const other of others) cluster.reconnectMembers(alone, other);
  const { ID } = etcd.client(leader).grant(2).response;
  etcd.client(leader).put('a', 'x', { lease: ID });
  host.advance(FOLLOWER_LAG_MAX_MS);
  for (const other of others) cluster.disconnectMembers(alone, other);
  cluster.disconnectMembers(others[0] ?? '', others[1] ?? '');
  host.advance(60_000);
  for (const name of [alone, ...others]) {
    expect(etcd.client(name).range('a', { serializable: true }).response.kvs).toHaveLength(1);
  }
});

test('clients that require a leader are refused by a member that is cut off', () => {
  const { etcd, host, alone } = cutOff('follower');
  host.advance(ELECTION_MAX_MS);
  const read = etcd.client(alone, { hasleader: 'true' }).range('a', { serializable: true });
  expect(read.status).toEqual(statusOf(ERRORS.noLeader));
});

test('a follower that reaches its leader only through the other follower has none', () => {
  const { etcd, host, cluster, leader, one, two } = threeMembers();
  cluster.disconnectMembers(one, leader);
  host.advance(60_000);
  expect(cluster.leader).toBe(leader);
  expect(etcd.client(two).put('a').messages).toEqual([]);
  expect(etcd.client(one).memberStatus().response.leader).toBe(0n);
});

test('a cluster without any quorum sets no timer, so that a run that waits for it is stuck', () => {
  const { cluster, host, one, two, leader } = threeMembers();
  cluster.disconnectMembers(one, two);
  cluster.disconnectMembers(one, leader);
  cluster.disconnectMembers(two, leader);
  host.advance(60_000);
  expect(host.timers).toBe(0);
  cluster.reconnectMembers(one, two);
  host.advance(ELECTION_MAX_MS);
  expect([one, two]).toContain(cluster.leader);
});
