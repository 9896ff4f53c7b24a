/** A member's metrics about itself, its proposals and the other members. */
import { ALARM_NAMES } from '../../etcd/alarm/alarm-store.js';
import type { MemberMetrics } from '../../etcd/metrics/member-metrics.js';
import { counter, doubling, fact, gauge, instant, instants, type Family, type Sample } from './exposition.js';

const SECOND_BOUNDS = doubling(0.001, 14);
const APPLY_BOUNDS = doubling(0.0001, 20);
const ROUND_TRIP_BOUNDS = doubling(0.0001, 16);
const STATE_BOUNDS = doubling(0.1, 10);

export function serverFamilies(metrics: MemberMetrics): readonly Family[] {
  const { counts, rules } = metrics;
  return [
    fact('etcd_server_version', { server_version: rules.release }),
    fact('etcd_cluster_version', { cluster_version: metrics.clusterVersion }),
    fact('etcd_server_id', { server_id: hex(metrics.id) }),
    gauge('etcd_server_has_leader', metrics.hasLeader),
    gauge('etcd_server_is_leader', metrics.isLeader),
    gauge('etcd_server_is_learner', metrics.isLearner),
    counter('etcd_server_leader_changes_seen_total', counts.leaderChanges),
    counter('etcd_server_learner_promote_successes', counts.learnersPromoted),
    counters('etcd_server_learner_promote_failures', 'Reason', counts.learnersNotPromoted),
    // Heartbeats are never late.
    counter('etcd_server_heartbeat_send_failures_total', 0),
    gauge('etcd_server_proposals_committed_total', metrics.committedIndex),
    gauge('etcd_server_proposals_applied_total', metrics.appliedIndex),
    gauge('etcd_server_proposals_pending', metrics.proposalsPending),
    counter('etcd_server_proposals_failed_total', counts.proposalsFailed),
    counter('etcd_server_read_indexes_failed_total', counts.readIndexesFailed),
    counter('etcd_server_slow_read_indexes_total', counts.readIndexesSlow),
    counter('etcd_server_slow_apply_total', 0),
    gauge('etcd_server_snapshot_apply_in_progress_total', 0),
    gauge('etcd_server_quota_backend_bytes', metrics.quotaBytes),
    applyDurations(metrics),
    features(metrics),
    alarms(metrics),
    ...watchLoops(metrics),
    ...networkFamilies(metrics),
  ];
}

/** As etcd writes ids: without leading zeros. */
function hex(id: bigint): string {
  return id.toString(16);
}

function counters(name: string, label: string, counts: ReadonlyMap<string, number>): Family {
  const samples = [...counts].map(([text, value]) => ({ labels: { [label]: text }, value }));
  return { name, type: 'counter', samples };
}

function applyDurations({ counts }: MemberMetrics): Family {
  const samples: Sample[] = [];
  for (const [op, { ok, failed }] of counts.applied) {
    const labels = { version: 'v3', op };
    if (failed > 0)
      samples.push({ labels: { ...labels, success: 'false' }, value: instant(APPLY_BOUNDS, failed) });
    if (ok > 0) samples.push({ labels: { ...labels, success: 'true' }, value: instant(APPLY_BOUNDS, ok) });
  }
  return { name: 'etcd_server_apply_duration_seconds', type: 'histogram', samples };
}

/** All have their default values, because none can be changed. */
function features({ rules }: MemberMetrics): Family {
  return {
    name: 'etcd_server_feature_enabled',
    type: 'gauge',
    samples: rules.metrics.features.map((feature) => {
      const [name = '', stage = '', state] = feature.split(' ');
      return { labels: { name, stage }, value: Number(state === 'on') };
    }),
  };
}

function alarms({ counts }: MemberMetrics): Family {
  const samples: Sample[] = [];
  for (const [alarm, members] of counts.alarms) {
    const alarmType = ALARM_NAMES.get(alarm) ?? String(alarm);
    for (const [member, value] of members) {
      samples.push({ labels: { alarm_type: alarmType, server_id: hex(member) }, value });
    }
  }
  return { name: 'etcd_debugging_server_alarms', type: 'gauge', samples };
}

function watchLoops({ counts }: MemberMetrics): readonly Family[] {
  const named = (name: string, count: number): Family =>
    instants(`etcd_debugging_server_watch_send_loop_${name}`, SECOND_BOUNDS, count);
  return [
    named('watch_stream_duration_seconds', counts.watchResponses),
    named('watch_stream_duration_per_event_seconds', counts.watchResponses),
    named('control_stream_duration_seconds', counts.watchAnswers),
    named('progress_duration_seconds', 0),
  ];
}

/** Members exchange no bytes here; only snapshots are counted. */
function networkFamilies({ id, peers, counts }: MemberMetrics): readonly Family[] {
  const ofPeers = (sampleOf: (peer: string, isActive: boolean) => Sample): readonly Sample[] =>
    peers.map((peer) => sampleOf(hex(peer.id), peer.isActive));
  const Local = hex(id);
  return [
    {
      name: 'etcd_network_known_peers',
      type: 'gauge',
      samples: [
        { labels: { Local, Remote: Local }, value: 1 },
        ...ofPeers((Remote) => ({ labels: { Local, Remote }, value: 1 })),
      ],
    },
    {
      name: 'etcd_network_active_peers',
      type: 'gauge',
      samples: ofPeers((Remote, isActive) => ({ labels: { Local, Remote }, value: Number(isActive) })),
    },
    {
      name: 'etcd_network_peer_sent_bytes_total',
      type: 'counter',
      samples: ofPeers((To) => ({ labels: { To }, value: 0 })),
    },
    {
      name: 'etcd_network_peer_received_bytes_total',
      type: 'counter',
      samples: ofPeers((From) => ({ labels: { From }, value: 0 })),
    },
    {
      name: 'etcd_network_peer_round_trip_time_seconds',
      type: 'histogram',
      samples: ofPeers((To) => ({ labels: { To }, value: instant(ROUND_TRIP_BOUNDS, 0) })),
    },
    ...states('send', 'To', counts.statesSent),
    ...states('receive', 'From', counts.statesReceived),
  ];
}

/** Snapshots sent to a member, or received from it. */
function states(verb: string, label: string, counts: ReadonlyMap<bigint, number>): readonly Family[] {
  const samples = (valueOf: (count: number) => Sample['value']): readonly Sample[] =>
    [...counts].map(([member, count]) => ({ labels: { [label]: hex(member) }, value: valueOf(count) }));
  const name = `etcd_network_snapshot_${verb}`;
  return [
    { name: `${name}_success`, type: 'counter', samples: samples((count) => count) },
    { name: `${name}_inflights_total`, type: 'gauge', samples: samples(() => 0) },
    {
      name: `${name}_total_duration_seconds`,
      type: 'histogram',
      samples: samples((count) => instant(STATE_BOUNDS, count)),
    },
  ];
}
