/** A cluster whose members are added and removed. */
import { expect, test } from 'vitest';
import * as cluster from '../../sim/etcd/wire/cluster.js';
import { MOVE_LEADER_REQUEST, MOVE_LEADER_RESPONSE } from '../../sim/etcd/wire/maintenance.js';
import { TestCluster } from './harness.js';

const ELECTION_MS = 3_000;
const REQUEST_TIMEOUT_MS = 7_000;
const HEALTHY_MS = 6_000;

function members(...names: readonly string[]) {
  const etcd = new TestCluster(...names);
  const leader = etcd.leader() ?? '';
  const followers = names.filter((name) => name !== leader);
  const list = (through = leader) => etcd.client(through).memberList().response.members;
  const idOf = (name: string): bigint => list().find((member) => member.name === name)?.ID ?? 0n;
  const add = (url: string, isLearner = false) =>
    etcd
      .client(leader)
      .call('Cluster/MemberAdd', cluster.MEMBER_ADD_REQUEST, cluster.MEMBER_ADD_RESPONSE)
      .send({ peerURLs: [url], isLearner });
  const remove = (ID: bigint) =>
    etcd
      .client(leader)
      .call('Cluster/MemberRemove', cluster.MEMBER_REMOVE_REQUEST, cluster.MEMBER_REMOVE_RESPONSE)
      .send({ ID });
  const put = (through: string) => {
    const call = etcd.client(through).put('a');
    etcd.host.advance(REQUEST_TIMEOUT_MS);
    return call.status?.code;
  };
  return { etcd, host: etcd.host, leader, followers, list, idOf, add, remove, put };
}

test('a member that was added and never started counts towards the quorum', () => {
  const { etcd, add, put, leader, followers, host } = members('m1', 'm2', 'm3');
  expect(add('http://new:2380').response.members).toHaveLength(4);
  expect(put(leader)).toBe(0);
  // Three of four are a quorum, two are none.
  etcd.cluster.stopMember(followers[0] ?? '');
  host.advance(ELECTION_MS);
  expect(put(leader)).not.toBe(0);
  etcd.cluster.startMember(followers[0] ?? '');
  host.advance(ELECTION_MS);
  expect(put(leader)).toBe(0);
});

test('an added learner does not', () => {
  const { etcd, add, put, leader, followers } = members('m1', 'm2', 'm3');
  add('http://new:2380', true);
  etcd.cluster.stopMember(followers[0] ?? '');
  expect(put(leader)).toBe(0);
});

test('every member learns the new membership, a little later', () => {
  const { add, list, followers, host } = members('m1', 'm2', 'm3');
  add('http://new:2380');
  host.advance(10);
  for (const name of followers) expect(list(name)).toHaveLength(4);
});

test('no member is added while earlier ones have not been started', () => {
  const { add } = members('m1', 'm2', 'm3');
  for (const url of ['http://a:1', 'http://b:1']) expect(add(url).status?.code).toBe(0);
  expect(add('http://c:1').status?.details).toMatch(/not enough started members/);
});

test('no member is added while a voter has been away within the last five seconds', () => {
  const { etcd, add, followers, host } = members('m1', 'm2', 'm3');
  etcd.cluster.stopMember(followers[0] ?? '');
  expect(add('http://new:1').status?.details).toBe('etcdserver: unhealthy cluster');
  etcd.cluster.startMember(followers[0] ?? '');
  host.advance(1_000);
  expect(add('http://new:1').status?.details).toBe('etcdserver: unhealthy cluster');
  host.advance(HEALTHY_MS);
  expect(add('http://new:1').status?.code).toBe(0);
});

test('a removed member ends after a second, and does not start again', () => {
  const { etcd, idOf, remove, put, leader, followers, host } = members('m1', 'm2', 'm3');
  const [gone = '', other = ''] = followers;
  remove(idOf(gone));
  expect(etcd.cluster.isRunning(gone)).toBe(true);
  host.advance(1_000);
  expect(etcd.cluster.isRunning(gone)).toBe(false);
  etcd.cluster.startMember(gone);
  expect(etcd.cluster.isRunning(gone)).toBe(false);
  expect(put(leader)).toBe(0);
  // Of two that are left both are needed.
  etcd.cluster.stopMember(other);
  host.advance(ELECTION_MS);
  expect(put(leader)).not.toBe(0);
});

test('without a leader that was removed the others elect one', () => {
  const { etcd, idOf, remove, put, leader, followers, host } = members('m1', 'm2', 'm3');
  expect(remove(idOf(leader)).status?.code).toBe(0);
  host.advance(ELECTION_MS);
  expect(followers).toContain(etcd.cluster.leader);
  for (const name of followers) expect(put(name)).toBe(0);
});

test('a removed member gets nothing into the log, whether it led or not', () => {
  for (const role of ['leader', 'follower']) {
    const { etcd, idOf, remove, leader, followers, host } = members('m1', 'm2', 'm3');
    const gone = role === 'leader' ? leader : (followers[0] ?? '');
    const other = followers[1] ?? '';
    remove(idOf(gone));
    host.advance(10);
    const put = etcd.client(gone).put('lost', 'x');
    const read = etcd.client(gone).range('lost');
    const stale = etcd.client(gone).range('lost', { serializable: true });
    host.advance(ELECTION_MS);
    for (const { status } of [put, read]) expect(status).toBeUndefined();
    expect(stale.status?.code).toBe(0);
    const seen = etcd.client(other).range('lost');
    host.advance(10);
    expect(seen.response.count).toBe(0);
  }
});

test('a member that was removed while it was down does not start again', () => {
  const { etcd, idOf, remove, followers } = members('m1', 'm2', 'm3');
  const [down = ''] = followers;
  const id = idOf(down);
  etcd.cluster.stopMember(down);
  remove(id);
  etcd.cluster.startMember(down);
  expect(etcd.cluster.isRunning(down)).toBe(false);
});

test('a member is replaced under its name, by another with its own id and no data of its own', () => {
  for (const asLearner of [true, false]) {
    const { etcd, idOf, put, leader, followers, host, list } = members('m1', 'm2', 'm3');
    const { cluster } = etcd;
    const [gone = '', other = ''] = followers;
    const before = idOf(gone);
    etcd.client(leader).put('kept', 'x');
    expect(cluster.addMember(gone, asLearner)).toBe(false);
    expect([cluster.removeMember(gone), cluster.removeMember(gone)]).toEqual([true, true]);
    host.advance(1_000);
    expect([cluster.addMember(gone, asLearner), cluster.addMember(gone, asLearner)]).toEqual([true, true]);
    expect(list().filter(({ name }) => name === '')).toMatchObject([{ isLearner: asLearner }]);
    cluster.startMember(gone);
    expect(cluster.promoteMember(gone)).toBe(!asLearner);
    host.advance(1_000);
    expect(cluster.promoteMember(gone)).toBe(true);
    host.advance(10);
    expect(idOf(gone)).not.toBe(before);
    expect(cluster.members.map(({ name }) => name)).toEqual(['m1', 'm2', 'm3']);
    // It counts: two of three are enough.
    cluster.stopMember(other);
    expect(put(gone)).toBe(0);
    expect(etcd.client(gone).range('kept').response.kvs).toMatchObject([{ value: 'x' }]);
  }
});

test('the alarm of a replaced member can be disarmed', () => {
  const { etcd, put, followers, leader, host } = members('m1', 'm2', 'm3');
  const [gone = ''] = followers;
  etcd.cluster.raiseAlarm(gone, 'NOSPACE');
  etcd.cluster.removeMember(gone);
  host.advance(1_000);
  etcd.cluster.addMember(gone, false);
  etcd.cluster.startMember(gone);
  host.advance(1_000);
  expect(put(leader)).toBe(8);
  etcd.cluster.lowerAlarm(gone, 'NOSPACE');
  expect(put(leader)).toBe(0);
});

test('a member that is down may be removed, one that is up only if a quorum stays', () => {
  const { etcd, idOf, remove, followers } = members('m1', 'm2', 'm3');
  const [down = '', up = ''] = followers;
  const ids = { down: idOf(down), up: idOf(up) };
  etcd.cluster.stopMember(down);
  expect(remove(ids.up).status?.details).toBe('etcdserver: unhealthy cluster');
  expect(remove(ids.down).status?.code).toBe(0);
});

test('a change of members waits for a quorum as long as its client does', () => {
  const { etcd, idOf, followers, leader, host } = members('m1', 'm2', 'm3');
  const id = idOf(leader);
  for (const name of followers) etcd.cluster.stopMember(name);
  const update = etcd
    .client(leader)
    .call('Cluster/MemberUpdate', cluster.MEMBER_UPDATE_REQUEST, cluster.MEMBER_UPDATE_RESPONSE)
    .send({ ID: id, peerURLs: ['http://elsewhere:1'] });
  host.advance(60_000);
  expect(update.status).toBeUndefined();
});

test('leadership moves at once, is reported after a tick, and costs no linearizable read', () => {
  const { etcd, idOf, leader, followers, host } = members('m1', 'm2', 'm3');
  const [to = ''] = followers;
  const move = etcd
    .client(leader)
    .call('Maintenance/MoveLeader', MOVE_LEADER_REQUEST, MOVE_LEADER_RESPONSE)
    .send({ targetID: idOf(to) });
  expect(etcd.cluster.leader).toBe(to);
  expect(move.status).toBeUndefined();
  host.advance(100);
  expect(move.status?.code).toBe(0);
  expect(etcd.client(leader).range('a').status?.code).toBe(0);
});

test('leadership does not move to a member that is down; the request waits', () => {
  const { etcd, idOf, leader, followers, host } = members('m1', 'm2', 'm3');
  const [down = ''] = followers;
  const targetID = idOf(down);
  etcd.cluster.stopMember(down);
  const move = etcd
    .client(leader)
    .call('Maintenance/MoveLeader', MOVE_LEADER_REQUEST, MOVE_LEADER_RESPONSE)
    .send({ targetID });
  host.advance(60_000);
  expect([move.status, etcd.cluster.leader]).toEqual([undefined, leader]);
});

const NOT_READY = 'etcdserver: can only promote a learner member which is in sync with leader';
const NOT_FOR_LEARNERS = 'etcdserver: rpc not supported for learner';

test('an added member starts with the others’ data, counts, votes and serves', () => {
  const { etcd, add, put, leader, followers, host, list } = members('m1', 'm2', 'm3');
  etcd.client(leader).put('before', 'kept');
  const { ID } = etcd.client(leader).grant(100).response;
  etcd.client(leader).put('leased', '', { lease: ID });
  add('http://m4:2380');
  etcd.cluster.startMember('m4');
  const early = etcd.client('m4').range('before');
  host.advance(HEALTHY_MS);
  expect(early.response.kvs).toMatchObject([{ value: 'kept' }]);
  expect(
    list('m4')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['m1', 'm2', 'm3', 'm4']);
  expect(list(leader)).toEqual(list('m4'));
  // Three of four are a quorum.
  etcd.cluster.stopMember(followers[0] ?? '');
  host.advance(ELECTION_MS);
  expect(put('m4')).toBe(0);
  expect(etcd.cluster.moveLeader('m4')).toBe(true);
  expect(etcd.client('m4').timeToLive(ID, true).response.keys).toEqual(['leased']);
  etcd.client('m4').revoke(ID);
  expect(etcd.client('m4').range('leased').response.count).toBe(0);
  expect(etcd.client('m4').memberStatus().response.header?.revision).toBeGreaterThan(3);
});

test('a started learner catches up, serves old reads only, is promoted and then serves all', () => {
  const { etcd, add, leader, host } = members('m1', 'm2', 'm3');
  for (let index = 0; index < 2_000; index++) etcd.client(leader).put(`key${index % 10}`, String(index));
  const ID = add('http://m4:2380', true).response.member?.ID ?? 0n;
  const promote = () =>
    etcd
      .client(leader)
      .call('Cluster/MemberPromote', cluster.MEMBER_PROMOTE_REQUEST, cluster.MEMBER_PROMOTE_RESPONSE)
      .send({ ID });
  expect(promote().status?.details).toBe(NOT_READY);
  etcd.cluster.startMember('m4');
  expect(promote().status?.details).toBe(NOT_READY);
  host.advance(1_000);
  const learner = etcd.client('m4');
  expect(learner.range('key9', { serializable: true }).response.kvs).toMatchObject([{ value: '1999' }]);
  expect(learner.memberStatus().response).toMatchObject({ isLearner: true });
  for (const call of [
    learner.range('key9'),
    learner.put('a'),
    learner.memberList(),
    learner.watch({ key: 'a' }),
  ]) {
    expect(call.status).toEqual({ code: 9, details: NOT_FOR_LEARNERS });
  }
  expect(promote().status?.code).toBe(0);
  host.advance(1_000);
  const put = learner.put('a', 'x');
  host.advance(10);
  expect(put.status?.code).toBe(0);
  expect(learner.memberStatus().response).toMatchObject({ isLearner: false });
});

test('a learner neither votes nor is elected, and follows any leader', () => {
  const { etcd, add, leader, followers, host } = members('m1', 'm2', 'm3');
  add('http://m4:2380', true);
  etcd.cluster.startMember('m4');
  host.advance(1_000);
  etcd.cluster.stopMember(leader);
  host.advance(ELECTION_MS);
  expect(followers).toContain(etcd.cluster.leader);
  etcd.client(etcd.cluster.leader).put('a', 'new');
  host.advance(10);
  const read = etcd.client('m4').range('a', { serializable: true });
  expect(read.response.kvs).toMatchObject([{ value: 'new' }]);
  expect(etcd.cluster.moveLeader('m4')).toBe(false);
});

test('one member becomes two, and the second takes over when the first is removed', () => {
  const { etcd, add, idOf, remove, put, host } = members('m1');
  etcd.client('m1').put('a', 'kept');
  add('http://m2:2380');
  expect(put('m1')).not.toBe(0);
  etcd.cluster.startMember('m2');
  host.advance(HEALTHY_MS);
  expect(put('m1')).toBe(0);
  host.advance(HEALTHY_MS);
  remove(idOf('m1'));
  host.advance(ELECTION_MS);
  expect(etcd.cluster.leader).toBe('m2');
  expect(put('m2')).toBe(0);
});

test('a member is replaced: another with the same data and a new id takes its place', () => {
  const { etcd, add, idOf, remove, put, followers, host, leader } = members('m1', 'm2', 'm3');
  const [gone = ''] = followers;
  etcd.client(leader).put('b', 'kept');
  remove(idOf(gone));
  host.advance(HEALTHY_MS);
  add('http://m4:2380');
  etcd.cluster.startMember('m4');
  host.advance(HEALTHY_MS);
  const read = etcd.client('m4').range('b');
  expect(read.response.kvs).toMatchObject([{ value: 'kept' }]);
  for (const name of ['m4', leader]) expect(put(name)).toBe(0);
});

test('a name that belongs to no member, old or added, is refused', () => {
  const { etcd } = members('m1');
  expect(() => etcd.cluster.startMember('m2')).toThrow(/expected one of the members m1, got m2/);
});
