/**
 * etcd's metrics of its disk and of absent parts: a disk, a second store for clients of etcd 2, a proxy.
 * Nothing ever happens to them here, except for the work that clients request.
 */
import type { MemberMetrics } from '../../etcd/metrics/member-metrics.js';
import { counter, doubling, gauge, instants, type Family } from './exposition.js';

const SECOND_BOUNDS = doubling(0.001, 14);

export function diskFamilies({ counts }: MemberMetrics): readonly Family[] {
  return [
    ...[
      'etcd_disk_wal_fsync_duration_seconds',
      'etcd_disk_wal_write_duration_seconds',
      'etcd_disk_backend_commit_duration_seconds',
      'etcd_debugging_disk_backend_commit_rebalance_duration_seconds',
      'etcd_debugging_disk_backend_commit_spill_duration_seconds',
      'etcd_debugging_disk_backend_commit_write_duration_seconds',
      'etcd_debugging_snap_save_marshalling_duration_seconds',
      'etcd_debugging_snap_save_total_duration_seconds',
      'etcd_snap_db_fsync_duration_seconds',
      'etcd_snap_fsync_duration_seconds',
    ].map((name) => instants(name, SECOND_BOUNDS, 0)),
    instants('etcd_snap_db_save_total_duration_seconds', doubling(0.1, 10), 0),
    instants('etcd_disk_backend_snapshot_duration_seconds', doubling(0.01, 17), counts.snapshots),
    instants('etcd_disk_backend_defrag_duration_seconds', doubling(0.1, 13), counts.defragmentations),
    ...[
      'etcd_disk_defrag_inflight',
      'etcd_disk_wal_write_bytes_total',
      'etcd_debugging_store_watchers',
      'etcd_grpc_proxy_cache_hits_total',
      'etcd_grpc_proxy_cache_keys_total',
      'etcd_grpc_proxy_cache_misses_total',
      'etcd_grpc_proxy_watchers_coalescing_total',
    ].map((name) => gauge(name, 0)),
    ...[
      'etcd_debugging_store_expires_total',
      'etcd_debugging_store_watch_requests_total',
      'etcd_grpc_proxy_events_coalescing_total',
    ].map((name) => counter(name, 0)),
  ];
}
