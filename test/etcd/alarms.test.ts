/** Alarms that faults raise, and the quota of members at different positions in the log. */
import { expect, test } from 'vitest';
import { createCluster } from '../../sim/etcd/cluster.js';
import { ALARM_REQUEST, ALARM_RESPONSE } from '../../sim/etcd/wire/maintenance.js';
import { ManualHost, TestClient } from './harness.js';

const NO_SPACE = 'etcdserver: mvcc: database space exceeded';
const ELECTION_MS = 3_000;

function clusterOf(count: number, quotaBackendBytes = 0) {
  const host = new ManualHost();
  const names = Array.from({ length: count }, (_, index) => `m${index + 1}`);
  const cluster = createCluster({ members: names, host, quotaBackendBytes });
  const client = (name: string): TestClient => {
    const member = cluster.members.find((one) => one.name === name);
    if (member === undefined) throw new Error(`no member ${name}`);
    return new TestClient(member);
  };
  const leader = cluster.leader ?? '';
  const followers = names.filter((name) => name !== leader);
  const alarms = () => {
    const call = client(leader).call('Maintenance/Alarm', ALARM_REQUEST, ALARM_RESPONSE).send({});
    host.advance(10);
    return call.response.alarms;
  };
  return { host, cluster, client, leader, followers, alarms };
}

test('a fault raises NOSPACE for the whole cluster', () => {
  const { cluster, client, leader, followers, host, alarms } = clusterOf(3);
  cluster.raiseAlarm(followers[0] ?? '', 'NOSPACE');
  host.advance(10);
  expect(client(leader).put('a').status).toEqual({ code: 8, details: NO_SPACE });
  expect(alarms()).toHaveLength(1);
  expect(client(followers[1] ?? '').memberStatus().response.errors).toEqual([
    expect.stringMatching(/^memberID:\d+ alarm:NOSPACE $/),
  ]);
});

test('an alarm outlives its members and their leader', () => {
  const { cluster, host, client, leader, followers } = clusterOf(3);
  cluster.raiseAlarm(leader, 'CORRUPT');
  host.advance(10);
  cluster.stopMember(leader);
  host.advance(ELECTION_MS);
  cluster.startMember(leader);
  host.advance(ELECTION_MS);
  for (const name of [leader, ...followers]) {
    const put = client(name).put('a');
    host.advance(10);
    expect(put.status?.details).toBe('etcdserver: corrupt cluster');
  }
});

test('an expired lease stays while the cluster is corrupt', () => {
  const { cluster, host, client, leader } = clusterOf(1);
  const { ID } = client(leader).grant(2).response;
  client(leader).put('a', '', { lease: ID });
  cluster.raiseAlarm(leader, 'CORRUPT');
  host.advance(10_000);
  expect(client(leader).range('a').response.count).toBe(1);
  const disarm = { action: 2, alarm: 2, memberID: client(leader).memberStatus().response.leader };
  client(leader).call('Maintenance/Alarm', ALARM_REQUEST, ALARM_RESPONSE).send(disarm);
  host.advance(10_000);
  expect(client(leader).range('a').response.count).toBe(0);
});

test('a put that a member accepted, and that no longer fits when it is applied, is done and refused', () => {
  const { cluster, host, client, leader, followers, alarms } = clusterOf(3, 1_000_000);
  const [slow = ''] = followers;
  cluster.slowMember(slow, 1_000);
  for (let index = 0; index < 8; index++) client(leader).put(`key${index}`, 'x'.repeat(100_000));
  host.advance(5_000);
  client(leader).put('filler', 'x'.repeat(140_000));
  const exceeding = client(slow).put('exceeding', 'x'.repeat(100_000));
  host.advance(5_000);
  expect(exceeding.status).toEqual({ code: 8, details: NO_SPACE });
  expect(client(leader).range('exceeding').response.count).toBe(1);
  expect(alarms()).toEqual([]);
});

test('a nearly full database accepts requests before the leader has written, does all of them, and refuses those that did not fit', () => {
  const { client, host, leader, alarms } = clusterOf(1, 4_000_000);
  const puts = Array.from({ length: 60 }, (_, index) =>
    client(leader).put(`key${index}`, 'x'.repeat(100_000)),
  );
  host.advance(1_000);
  const refused = puts.filter(({ status }) => status?.code !== 0);
  expect(refused.length).toBeGreaterThan(0);
  for (const { status } of refused) expect(status).toEqual({ code: 8, details: NO_SPACE });
  expect(client(leader).range('key', { rangeEnd: 'kez', countOnly: true }).response.count).toBe(60);
  expect(alarms()).toEqual([]);
  expect(client(leader).put('next').status).toBeUndefined();
  host.advance(10);
  expect(alarms()).toHaveLength(1);
});

test('databases that a fault fills do the requests that they accepted before, and refuse them, through any member', () => {
  const { cluster, client, host, leader, followers } = clusterOf(3);
  expect(cluster.fillDatabase(followers[0] ?? '', 50)).toBe(true);
  const puts = [leader, ...followers].map((name) => client(name).put(name));
  const deletion = client(leader).deleteRange('other');
  host.advance(40);
  expect(puts.map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
  host.advance(20);
  for (const { status } of puts) expect(status).toEqual({ code: 8, details: NO_SPACE });
  expect(deletion.status?.code).toBe(0);
  for (const name of [leader, ...followers]) {
    expect(client(leader).range(name).response.count).toBe(1);
    const later = client(name).put('later');
    host.advance(10);
    expect(later.status).toEqual({ code: 8, details: NO_SPACE });
  }
  expect(client(leader).range('later').response.count).toBe(0);
  cluster.lowerAlarm(followers[0] ?? '', 'NOSPACE');
  expect(client(leader).put('after').status?.code).toBe(0);
});

test('databases whose alarm was lost with its leader stay full until the alarm is lowered', () => {
  const { cluster, client, host, leader, followers } = clusterOf(3);
  const [first = '', second = ''] = followers;
  cluster.fillDatabase(first, 10);
  cluster.fillDatabase(second, 1_000);
  // Because of the second, the leader has not written the alarm of the first when it stops.
  host.advance(20);
  cluster.pauseMember(leader);
  expect(cluster.lowerAlarm(second, 'NOSPACE')).toBe(false);
  host.advance(10_000);
  expect(followers).toContain(cluster.leader);
  const refused = client(second).put('a');
  host.advance(10);
  expect(refused.status).toEqual({ code: 8, details: NO_SPACE });
  cluster.lowerAlarm(first, 'NOSPACE');
  const put = client(second).put('b');
  host.advance(10);
  expect(put.status?.code).toBe(0);
});

test('a filling that ends before the databases are full costs the accepted requests only time', () => {
  const { cluster, client, host, leader, alarms } = clusterOf(3);
  cluster.fillDatabase(leader, 50);
  const put = client(leader).put('a');
  host.advance(20);
  cluster.lowerAlarm(leader, 'NOSPACE');
  expect(put.status?.code).toBe(0);
  host.advance(100);
  expect(alarms()).toEqual([]);
});

test('entries that a leader has not written yet when it hands over are not lost', () => {
  const { cluster, client, host, leader, followers } = clusterOf(3);
  cluster.fillDatabase(leader, 50);
  const put = client(leader).put('a');
  expect(cluster.moveLeader(followers[0] ?? '')).toBe(true);
  host.advance(10);
  expect(put.status?.code).toBe(0);
});

test('below 0 there is no quota, and 0 is the default', () => {
  for (const [configured, reported] of [
    [-1, -1],
    [0, 2 ** 31],
    [5_000_000, 5_000_000],
  ] as const) {
    const { client, leader } = clusterOf(1, configured);
    expect(client(leader).memberStatus().response.dbSizeQuota).toBe(reported);
    expect(client(leader).put('a', 'x'.repeat(1_000_000)).status?.code).toBe(0);
  }
});
