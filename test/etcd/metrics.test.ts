/** A member's own metrics that depend on time, leaders and restarts. */
import { describe, expect, it } from 'vitest';
import type { MemberMetrics } from '../../sim/etcd/metrics/member-metrics.js';
import type { EtcdCluster } from '../../sim/etcd/service.js';
import { ELECTION_MAX_MS, REQUEST_TIMEOUT_MS, TestCluster, threeMembers } from './harness.js';

/** The member's metrics; undefined while it does not report them. */
function measured({ members }: EtcdCluster, name = 'm1'): MemberMetrics | undefined {
  let metrics: MemberMetrics | undefined;
  members.find((member) => member.name === name)?.measure((told) => (metrics = told));
  return metrics;
}

function metricsOf(cluster: EtcdCluster, name = 'm1'): MemberMetrics {
  const metrics = measured(cluster, name);
  if (metrics === undefined) throw new Error(`${name} tells nothing`);
  return metrics;
}

describe('a member', () => {
  it('reports the leader, and counts the leaders that it has learned of', () => {
    const { cluster, leader, one, two, host } = threeMembers();
    expect(metricsOf(cluster, leader)).toMatchObject({ hasLeader: true, isLeader: true });
    expect(metricsOf(cluster, one)).toMatchObject({ hasLeader: true, isLeader: false });
    expect(metricsOf(cluster, one).counts.leaderChanges).toBe(1);
    cluster.stopMember(leader);
    host.advance(2 * ELECTION_MAX_MS);
    expect(metricsOf(cluster, one).counts.leaderChanges).toBe(2);
    cluster.stopMember(two);
    host.advance(2 * ELECTION_MAX_MS);
    expect(metricsOf(cluster, one)).toMatchObject({ hasLeader: false, isLeader: false });
    expect(metricsOf(cluster, one).counts.leaderChanges).toBe(2);
  });

  it('reports which of the others it reaches', () => {
    const { cluster, leader, one } = threeMembers();
    cluster.disconnectMembers(leader, one);
    const { peers } = metricsOf(cluster, leader);
    expect(peers.map(({ id, isActive }) => [id, isActive])).toEqual(
      ['m1', 'm2', 'm3']
        .filter((name) => name !== leader)
        .map((name) => [metricsOf(cluster, name).id, name !== one]),
    );
  });

  it('counts proposals without a commit, from when they are made until they are given up', () => {
    const { etcd, cluster, host, leader, one, two } = threeMembers();
    for (const other of [one, two]) cluster.stopMember(other);
    const first = etcd.client(leader).put('a');
    const second = etcd.client(leader).put('b');
    expect(metricsOf(cluster, leader)).toMatchObject({ proposalsPending: 2 });
    second.server.cancel();
    expect(metricsOf(cluster, leader)).toMatchObject({ proposalsPending: 1, counts: { proposalsFailed: 1 } });
    host.advance(REQUEST_TIMEOUT_MS);
    expect(first.status?.code).toBe(14);
    expect(metricsOf(cluster, leader)).toMatchObject({ proposalsPending: 0, counts: { proposalsFailed: 2 } });
  });

  it('has proposed nothing while it knows no leader', () => {
    const { etcd, cluster, host, leader, one, two } = threeMembers();
    for (const other of [one, two]) cluster.stopMember(other);
    host.advance(2 * ELECTION_MAX_MS);
    etcd.client(leader).put('a');
    expect(metricsOf(cluster, leader)).toMatchObject({ hasLeader: false, proposalsPending: 0 });
    host.advance(REQUEST_TIMEOUT_MS);
    expect(metricsOf(cluster, leader).counts.proposalsFailed).toBe(1);
  });

  it('counts reads that no quorum answers in time, and those that another leader overtakes', () => {
    const { etcd, cluster, host, leader, one, two } = threeMembers();
    for (const other of [leader, two]) cluster.disconnectMembers(one, other);
    etcd.client(one).range('a');
    host.advance(REQUEST_TIMEOUT_MS);
    expect(metricsOf(cluster, one).counts).toMatchObject({ readIndexesSlow: 1, readIndexesFailed: 0 });
    etcd.client(one).range('a');
    cluster.stopMember(leader);
    cluster.reconnectMembers(one, two);
    host.advance(2 * ELECTION_MAX_MS);
    expect(metricsOf(cluster, one).counts).toMatchObject({ readIndexesSlow: 1, readIndexesFailed: 1 });
  });

  it('counts from zero in another process, and still has its keys', () => {
    const etcd = new TestCluster();
    etcd.client().put('a', 'b');
    etcd.client().grant(10, 7n);
    const watch = etcd.client().watch({ key: 'a' });
    expect(metricsOf(etcd.cluster)).toMatchObject({
      ...{ keys: 1, watchers: 1, watchStreams: 1 },
      counts: { puts: 1, putBytes: 2, leasesGranted: 1 },
    });
    etcd.cluster.stopMember('m1');
    expect(measured(etcd.cluster)).toBeUndefined();
    watch.server.cancel();
    etcd.cluster.startMember('m1');
    etcd.host.advance(ELECTION_MAX_MS);
    expect(metricsOf(etcd.cluster)).toMatchObject({
      ...{ keys: 1, revision: 2, watchers: 0, watchStreams: 0 },
      counts: { puts: 0, putBytes: 0, leasesGranted: 0, leaderChanges: 1 },
    });
    expect(metricsOf(etcd.cluster).counts.leaseTtls.sum).toBe(0);
    expect(metricsOf(etcd.cluster).counts.applied.size).toBe(0);
  });

  it('reports nothing while it is paused, and the result afterwards', () => {
    const { cluster } = new TestCluster();
    let told = 0;
    cluster.pauseMember('m1');
    cluster.members[0]?.measure(() => told++);
    expect(told).toBe(0);
    cluster.resumeMember('m1');
    expect(told).toBe(1);
  });

  it('counts watchers that have history to catch up with as slow', () => {
    const etcd = new TestCluster();
    etcd.client().put('a');
    etcd.client().watch({ key: 'a', startRevision: 1 });
    expect(metricsOf(etcd.cluster)).toMatchObject({ watchers: 1, slowWatchers: 1 });
    etcd.host.advance(100);
    expect(metricsOf(etcd.cluster)).toMatchObject({ watchers: 1, slowWatchers: 0, counts: { events: 1 } });
  });

  it('counts leases that its leader lets expire, and no others', () => {
    const etcd = new TestCluster();
    etcd.client().grant(2, 7n);
    etcd.client().grant(100, 8n);
    etcd.client().revoke(8n);
    etcd.host.advance(10_000);
    expect(metricsOf(etcd.cluster).counts).toMatchObject({
      ...{ leasesGranted: 2, leasesRevoked: 2, leasesExpired: 1 },
      leaseTtls: { sum: 102 },
    });
    // One up to two seconds, one up to 128.
    expect(metricsOf(etcd.cluster).counts.leaseTtls.counts.filter((count) => count > 0)).toEqual([1, 1]);
    expect(metricsOf(etcd.cluster).counts.leaseTtls.counts[1]).toBe(1);
    expect(metricsOf(etcd.cluster).counts.leaseTtls.counts[7]).toBe(1);
  });

  it('reports when it last compacted, and how much was removed', () => {
    const etcd = new TestCluster();
    for (let count = 0; count < 3; count++) etcd.client().put('a');
    etcd.host.advance(500);
    etcd.client().compact(4);
    expect(metricsOf(etcd.cluster)).toMatchObject({
      compactRevision: 4,
      counts: { compactions: 1, compactedChanges: 2, compactedMs: 1500 },
    });
  });
});

describe('counting', () => {
  it('changes nothing: an etcd that is measured all the time behaves the same', () => {
    const lives = [true, false].map((isMeasured) => {
      const etcd = new TestCluster('m1', 'm2', 'm3');
      const answers: unknown[] = [];
      for (let step = 0; step < 50; step++) {
        answers.push(etcd.client().put(`key/${step % 7}`).status, etcd.client('m2').range('key/1').messages);
        if (step === 20) etcd.cluster.stopMember(etcd.leader() ?? '');
        etcd.host.advance(137);
        if (isMeasured) for (const name of ['m1', 'm2', 'm3']) measured(etcd.cluster, name);
      }
      return { answers, timers: etcd.host.timers, draw: etcd.host.randomUint32('election') };
    });
    expect(lives[0]).toEqual(lives[1]);
  });
});
