/** The differences between versions in the served metrics of `/metrics`. */

export interface MetricsRules {
  /** Metrics that the version does not have. */
  readonly lacks: readonly string[];
  /** etcd's feature gates with their stages and default values. */
  readonly features: readonly string[];
  /** The suffix of the content type after the format version. */
  readonly endOfContentType: '' | '; escaping=underscores';
  /** A call counts even if it is refused before it reaches its service: by a learner, or without a leader. */
  readonly countsCallsTurnedAway: boolean;
  /** An error counts as a sent message, and the end of a client's stream as a received one. */
  readonly countsEndsAsMessages: boolean;
  /** The status code of a keep-alive stream that its client cancels. */
  readonly cancelledKeepAlive: 'Unavailable' | 'Canceled';
  /** The status code of a Range, Lock or election that its client cancels. Watches and writes get `Canceled`. */
  readonly givenUp: 'Unknown' | 'Canceled or DeadlineExceeded';
  /** A compaction counts its end as one more pause. */
  readonly countsLastPause: boolean;
  /** A put in a transaction that asks for the previous value reads it twice. */
  readonly txnLooksTwice: boolean;
}

/** Names that changed in 3.5, or were removed then or later. */
const SINCE_3_5 = [
  'etcd_debugging_mvcc_db_total_size_in_bytes',
  'etcd_debugging_mvcc_delete_total',
  'etcd_debugging_mvcc_put_total',
  'etcd_debugging_mvcc_txn_total',
];
const SINCE_3_6 = [...SINCE_3_5, 'etcd_debugging_mvcc_range_total'];

const UNTIL_3_6 = [
  'etcd_debugging_server_watch_send_loop_control_stream_duration_seconds',
  'etcd_debugging_server_watch_send_loop_progress_duration_seconds',
  'etcd_debugging_server_watch_send_loop_watch_stream_duration_per_event_seconds',
  'etcd_debugging_server_watch_send_loop_watch_stream_duration_seconds',
];
const UNTIL_3_5 = [
  ...UNTIL_3_6,
  'etcd_debugging_server_alarms',
  'etcd_network_known_peers',
  'etcd_server_feature_enabled',
  'etcd_server_range_duration_seconds',
];
const UNTIL_3_4 = [
  ...UNTIL_3_5,
  'etcd_debugging_mvcc_db_compaction_last',
  'etcd_disk_wal_write_duration_seconds',
  'etcd_server_apply_duration_seconds',
  'etcd_server_healthcheck',
  'etcd_server_healthchecks_total',
];

const FEATURES_3_6 = [
  'AllAlpha ALPHA off',
  'AllBeta BETA off',
  'CompactHashCheck ALPHA off',
  'InitialCorruptCheck ALPHA off',
  'LeaseCheckpoint ALPHA off',
  'LeaseCheckpointPersist ALPHA off',
  'SetMemberLocalAddr ALPHA off',
  'StopGRPCServiceOnDefrag ALPHA off',
  'TxnModeWriteWithSharedBuffer BETA on',
];

export const METRICS_3_4: MetricsRules = {
  lacks: UNTIL_3_4,
  features: [],
  endOfContentType: '',
  countsCallsTurnedAway: false,
  countsEndsAsMessages: false,
  cancelledKeepAlive: 'Unavailable',
  givenUp: 'Unknown',
  countsLastPause: false,
  txnLooksTwice: false,
};

export const METRICS_3_5: MetricsRules = {
  ...METRICS_3_4,
  lacks: [...UNTIL_3_5, ...SINCE_3_5],
};

export const METRICS_3_6: MetricsRules = {
  ...METRICS_3_5,
  lacks: [...UNTIL_3_6, ...SINCE_3_6],
  features: FEATURES_3_6,
  endOfContentType: '; escaping=underscores',
  countsCallsTurnedAway: true,
  countsEndsAsMessages: true,
  givenUp: 'Canceled or DeadlineExceeded',
  countsLastPause: true,
};

export const METRICS_3_7: MetricsRules = {
  ...METRICS_3_6,
  lacks: SINCE_3_6,
  features: [...FEATURES_3_6, 'FastLeaseKeepAlive BETA on', 'PriorityRequest ALPHA off'],
  cancelledKeepAlive: 'Canceled',
  txnLooksTwice: true,
};
