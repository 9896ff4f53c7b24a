import { expect, test } from 'vitest';
import { ERRORS, statusOf } from '../../sim/etcd/errors.js';
import {
  TestCluster,
  ELECTION_MAX_MS,
  FOLLOWER_LAG_MAX_MS,
  REQUEST_TIMEOUT_MS,
  threeMembers,
} from './harness.js';

test('a write through one member is read through every other', () => {
  const { etcd, host } = threeMembers();
  etcd.client('m1').put('a', 'value');
  host.advance(FOLLOWER_LAG_MAX_MS);
  for (const name of ['m2', 'm3']) {
    expect(etcd.client(name).range('a', { serializable: true }).response.kvs[0]?.value).toBe('value');
  }
});

test('a watcher on one member hears of writes through another', () => {
  const { etcd } = threeMembers();
  const watch = etcd.client('m1').watch({ key: 'a' });
  etcd.client('m3').put('a');
  expect(watch.take()).toHaveLength(2);
});

test('a member that stops sends nothing to its calls, and accepts none', () => {
  const { etcd, cluster, one, host } = threeMembers();
  const watch = etcd.client(one).watch({ key: 'a' });
  watch.take();
  cluster.stopMember(one);
  expect(cluster.isRunning(one)).toBe(false);
  const { status, messages } = etcd.client(one).put('a');
  etcd.client().put('a');
  host.advance(60_000);
  expect([status, messages, watch.take(), watch.status]).toEqual([undefined, [], [], undefined]);
});

test('without a follower the others continue', () => {
  const { etcd, cluster, one, leader } = threeMembers();
  cluster.stopMember(one);
  expect(etcd.client(leader).put('a').status?.code).toBe(0);
});

test('a restarted member has the writes made in between', () => {
  const { etcd, cluster, one, two } = threeMembers();
  cluster.stopMember(one);
  etcd.client(two).put('a', 'meanwhile');
  cluster.startMember(one);
  expect(etcd.client(one).range('a', { serializable: true }).response.kvs[0]?.value).toBe('meanwhile');
});

test('when the leader stops another is elected, in the next term', () => {
  const { etcd, cluster, host, leader, one } = threeMembers();
  cluster.stopMember(leader);
  host.advance(ELECTION_MAX_MS);
  expect(etcd.leader()).not.toBe(leader);
  expect(etcd.client(one).put('a').response.header?.raftTerm).toBe(3);
});

test('a write that a follower sends to a leader that is gone is lost and times out', () => {
  const { etcd, cluster, host, leader, one } = threeMembers();
  cluster.stopMember(leader);
  const put = etcd.client(one).put('a');
  host.advance(ELECTION_MAX_MS);
  expect(put.status).toBeUndefined();
  host.advance(REQUEST_TIMEOUT_MS);
  expect(put.status?.details).toMatch(/^etcdserver: request timed out/);
  expect(etcd.client(one).range('a').response.count).toBe(0);
});

test('a linearizable read under way when the leader changes fails with that reason; the next one succeeds', () => {
  const { etcd, cluster, host, leader, one } = threeMembers();
  etcd.client(one).put('a', 'value');
  cluster.stopMember(leader);
  const first = etcd.client(one).range('a');
  const second = etcd.client(one).range('a');
  host.advance(ELECTION_MAX_MS);
  expect(first.status).toEqual(statusOf(ERRORS.leaderChanged));
  expect(second.response.kvs[0]?.value).toBe('value');
});

test('without a quorum serializable reads are answered, linearizable ones and writes time out', () => {
  const { etcd, cluster, host, leader, one, two } = threeMembers();
  etcd.client(one).put('a', 'value');
  cluster.stopMember(two);
  cluster.stopMember(leader);
  host.advance(ELECTION_MAX_MS);
  const client = etcd.client(one);
  expect(client.range('a', { serializable: true }).response.kvs[0]?.value).toBe('value');
  const read = client.range('a');
  const write = client.put('b');
  host.advance(REQUEST_TIMEOUT_MS);
  expect([read.status, write.status]).toEqual([statusOf(ERRORS.timeout), statusOf(ERRORS.proposalTimeout)]);
  cluster.startMember(two);
  host.advance(ELECTION_MAX_MS);
  expect(client.range('b').response.count).toBe(0);
});

test('a leader without a quorum attributes the timeout to its lost connections', () => {
  const etcd = new TestCluster('m1', 'm2', 'm3', 'm4', 'm5');
  const leader = etcd.leader() ?? '';
  const others = etcd.cluster.members.map(({ name }) => name).filter((name) => name !== leader);
  for (const name of others.slice(0, 3)) etcd.cluster.stopMember(name);
  const put = etcd.client(leader).put('a');
  // It steps down before the timeout, so in the end it knows no leader at all.
  etcd.host.advance(REQUEST_TIMEOUT_MS);
  expect(put.status).toEqual(statusOf(ERRORS.timeout));
});

test('a write in the log of a leader without quorum is applied once the quorum is back', () => {
  const { etcd, cluster, host, leader, one, two } = threeMembers();
  cluster.stopMember(one);
  cluster.stopMember(two);
  const put = etcd.client(leader).put('a');
  host.advance(500);
  expect(put.status).toBeUndefined();
  cluster.startMember(one);
  expect(put.response.header?.revision).toBe(2);
});

test('such a write can be applied even after its client saw a timeout', () => {
  const { etcd, cluster, host, leader, one, two } = threeMembers();
  cluster.stopMember(one);
  cluster.stopMember(two);
  const put = etcd.client(leader).put('a');
  host.advance(REQUEST_TIMEOUT_MS);
  expect(put.status?.details).toMatch(/^etcdserver: request timed out/);
  cluster.startMember(one);
  host.advance(ELECTION_MAX_MS);
  expect(etcd.client(leader).range('a').response.count).toBe(1);
});

test('a write to a member that knows no leader waits for one', () => {
  const { etcd, cluster, host, leader, one, two } = threeMembers();
  cluster.stopMember(leader);
  cluster.stopMember(two);
  host.advance(ELECTION_MAX_MS);
  const put = etcd.client(one).put('a');
  cluster.startMember(two);
  host.advance(ELECTION_MAX_MS);
  expect(put.status?.code).toBe(0);
});

test('a member that starts without a quorum to join is silent until there is one', () => {
  const { etcd, cluster, host } = threeMembers();
  for (const name of ['m1', 'm2', 'm3']) cluster.stopMember(name);
  cluster.startMember('m1');
  const read = etcd.client('m1').range('a', { serializable: true });
  host.advance(60_000);
  expect(read.status).toBeUndefined();
  cluster.startMember('m2');
  host.advance(ELECTION_MAX_MS);
  expect(read.status?.code).toBe(0);
});

test('a restarted single member has its data and gives every lease its whole time again', () => {
  const etcd = new TestCluster('m1');
  etcd.client().grant(10, 5n);
  etcd.client().put('a', '', { lease: 5n });
  etcd.host.advance(8000);
  etcd.cluster.stopMember('m1');
  etcd.host.advance(60_000);
  etcd.cluster.startMember('m1');
  etcd.host.advance(ELECTION_MAX_MS);
  expect(etcd.client().timeToLive(5n, true).response).toMatchObject({ grantedTTL: 10, keys: ['a'] });
  etcd.host.advance(8000);
  expect(etcd.client().range('a').response.count).toBe(1);
  etcd.host.advance(5000);
  expect(etcd.client().range('a').response.count).toBe(0);
});

test('a new leader gives every lease its whole time again, and an election timeout', () => {
  const { etcd, cluster, host, leader, one } = threeMembers();
  etcd.client(one).grant(10, 5n);
  host.advance(9000);
  cluster.stopMember(leader);
  let untilElectedMs = 0;
  for (; etcd.leader() === leader || etcd.leader() === undefined; untilElectedMs += 10) host.advance(10);
  expect(untilElectedMs).toBeGreaterThanOrEqual(1000);
  expect(etcd.client(one).timeToLive(5n).response.TTL).toBeGreaterThanOrEqual(10);
});

test('a renewal through a follower reaches the leader, and waits while there is none', () => {
  const { etcd, cluster, host, leader, one } = threeMembers();
  etcd.client(one).grant(10, 5n);
  const keepAlive = etcd.client(one).keepAlive().send({ ID: 5n });
  expect(keepAlive.take()).toMatchObject([{ TTL: 10 }]);
  cluster.stopMember(leader);
  keepAlive.send({ ID: 5n });
  expect(keepAlive.take()).toEqual([]);
  host.advance(ELECTION_MAX_MS + 1000);
  expect(keepAlive.take()).toMatchObject([{ TTL: 10 }]);
});

test('a renewal that finds no leader ends the stream', () => {
  const { etcd, cluster, host, leader, one, two } = threeMembers();
  cluster.stopMember(leader);
  cluster.stopMember(two);
  const keepAlive = etcd.client(one).keepAlive().send({ ID: 5n });
  host.advance(REQUEST_TIMEOUT_MS);
  expect(keepAlive.status).toEqual(statusOf(ERRORS.noLeader));
});

test('clients that require a leader are refused when there is none', () => {
  const { etcd, cluster, host, leader, one, two } = threeMembers();
  const demanding = etcd.client(one, { hasleader: 'true' });
  const watch = demanding.watch({ key: 'a' });
  const patient = etcd.client(one).watch({ key: 'a' });
  cluster.stopMember(leader);
  cluster.stopMember(two);
  host.advance(ELECTION_MAX_MS);
  expect(demanding.range('a').status).toEqual(statusOf(ERRORS.noLeader));
  expect(demanding.watch({ key: 'a' }).status).toEqual(statusOf(ERRORS.noLeader));
  host.advance(3000);
  expect(watch.status).toEqual(statusOf(ERRORS.noLeader));
  expect(patient.status).toBeUndefined();
});

test('members are listed, and a status names the leader', () => {
  const { etcd, leader } = threeMembers();
  const { members, header } = etcd.client().memberList(true).response;
  expect(members.map(({ name }) => name)).toEqual(['m1', 'm2', 'm3']);
  expect(header?.revision).toBe(0);
  const status = etcd.client().memberStatus().response;
  expect(members.find(({ ID }) => ID === status.leader)?.name).toBe(leader);
  expect(status.version).toMatch(/^3\.6\./);
});

test('a closed cluster leaves no timer behind', () => {
  const { etcd, cluster, host, leader, one } = threeMembers();
  etcd.client(one).grant(10);
  etcd.client(one).watch({ key: 'a', startRevision: 1, progressNotify: true });
  cluster.stopMember(leader);
  etcd.client(one).put('a');
  etcd.client(one).range('a');
  etcd.client(one).keepAlive().send({ ID: 1n });
  expect(host.timers).toBeGreaterThan(3);
  cluster.close();
  expect(host.timers).toBe(0);
});

test('unknown services and methods are answered as grpc-go answers them', () => {
  const { etcd } = threeMembers();
  const statusOfCall = (path: string): unknown => {
    let seen: unknown;
    etcd.cluster.members[0]?.open(path, new Map(), {
      message: () => undefined,
      status: (status) => {
        seen = status;
      },
    });
    return seen;
  };
  expect(statusOfCall('/etcdserverpb.KV/Nothing')).toEqual({
    code: 12,
    details: 'unknown method Nothing for service etcdserverpb.KV',
  });
  expect(statusOfCall('/nobody.Knows/Range')).toEqual({ code: 12, details: 'unknown service nobody.Knows' });
});

test('malformed bytes end the call as etcd ends it', () => {
  const { etcd } = threeMembers();
  const put = etcd
    .client()
    .call(
      'KV/Put',
      { encode: () => Buffer.from([0x0a, 5, 1]) } as never,
      { decode: () => undefined } as never,
    );
  expect(put.send({}).status).toEqual({
    code: 13,
    details: 'grpc: error unmarshalling request: unexpected EOF',
  });
});
