/** A member's metrics about its keys, watchers and leases. */
import type { MemberMetrics } from '../../etcd/metrics/member-metrics.js';
import { counter, doubling, gauge, instant, instants, type Family } from './exposition.js';

const HASH_BOUNDS = doubling(0.01, 15);
const RANGE_BOUNDS = doubling(0.0001, 20);

export function storeFamilies(metrics: MemberMetrics): readonly Family[] {
  const { counts } = metrics;
  return [
    counter('etcd_mvcc_range_total', counts.ranges),
    counter('etcd_mvcc_put_total', counts.puts),
    counter('etcd_mvcc_delete_total', counts.deletes),
    counter('etcd_mvcc_txn_total', counts.txns),
    // The same under their old names.
    counter('etcd_debugging_mvcc_range_total', counts.ranges),
    counter('etcd_debugging_mvcc_put_total', counts.puts),
    counter('etcd_debugging_mvcc_delete_total', counts.deletes),
    counter('etcd_debugging_mvcc_txn_total', counts.txns),
    gauge('etcd_debugging_mvcc_total_put_size_in_bytes', counts.putBytes),
    gauge('etcd_debugging_mvcc_keys_total', metrics.keys),
    gauge('etcd_debugging_mvcc_current_revision', metrics.revision),
    gauge('etcd_debugging_mvcc_compact_revision', metrics.compactRevision),
    gauge('etcd_mvcc_db_total_size_in_bytes', metrics.sizeBytes),
    gauge('etcd_debugging_mvcc_db_total_size_in_bytes', metrics.sizeBytes),
    gauge('etcd_mvcc_db_total_size_in_use_in_bytes', metrics.sizeInUseBytes),
    // etcd's own, which is always open.
    gauge('etcd_mvcc_db_open_read_transactions', 1),
    counter('etcd_debugging_mvcc_db_compaction_keys_total', counts.compactedChanges),
    gauge('etcd_debugging_mvcc_db_compaction_last', Math.floor(counts.compactedMs / 1000)),
    instants(
      'etcd_debugging_mvcc_db_compaction_total_duration_milliseconds',
      doubling(100, 14),
      counts.compactions,
    ),
    instants(
      'etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds',
      doubling(1, 13),
      metrics.rules.metrics.countsLastPause ? counts.compactions : 0,
    ),
    instants(
      'etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds',
      doubling(0.5, 14),
      counts.compactions,
    ),
    instants('etcd_mvcc_hash_duration_seconds', HASH_BOUNDS, counts.hashes),
    instants('etcd_mvcc_hash_rev_duration_seconds', HASH_BOUNDS, counts.hashesByRevision),
    rangeDurations(metrics),
    gauge('etcd_debugging_mvcc_watch_stream_total', metrics.watchStreams),
    gauge('etcd_debugging_mvcc_watcher_total', metrics.watchers),
    gauge('etcd_debugging_mvcc_slow_watcher_total', metrics.slowWatchers),
    counter('etcd_debugging_mvcc_events_total', counts.events),
    // Events go from the store to their streams at once.
    gauge('etcd_debugging_mvcc_pending_events_total', 0),
    counter('etcd_debugging_lease_granted_total', counts.leasesGranted),
    counter('etcd_debugging_lease_revoked_total', counts.leasesRevoked),
    counter('etcd_debugging_lease_renewed_total', counts.leasesRenewed),
    {
      name: 'etcd_debugging_lease_ttl_total',
      type: 'histogram',
      samples: [{ labels: {}, value: counts.leaseTtls }],
    },
    counter('etcd_debugging_server_lease_expired_total', counts.leasesExpired),
    gauge('etcd_debugging_auth_revision', metrics.authRevision),
  ];
}

/** Of the outcomes that have occurred. */
function rangeDurations({ counts: { rangesServed, rangesRefused } }: MemberMetrics): Family {
  const outcomes = [
    ['false', rangesRefused],
    ['true', rangesServed],
  ] as const;
  return {
    name: 'etcd_server_range_duration_seconds',
    type: 'histogram',
    samples: outcomes
      .filter(([, count]) => count > 0)
      .map(([success, count]) => ({ labels: { success }, value: instant(RANGE_BOUNDS, count) })),
  };
}
