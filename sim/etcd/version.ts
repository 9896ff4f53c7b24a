/**
 * The versions of etcd that the model supports, and one table of the differences that clients can see. Adding a
 * difference is one line in {@link VersionRules} and one in each version; code asks for the rule, never for the
 * version.
 */

import type { Dialect } from './wire/reader.js';
import { AUTH_3_4, AUTH_3_5, AUTH_3_6, AUTH_3_7, type AuthRules } from './auth/rules.js';
import {
  MAINTENANCE_3_4,
  MAINTENANCE_3_5,
  MAINTENANCE_3_6,
  MAINTENANCE_3_7,
  type MaintenanceRules,
} from './maintenance/rules.js';
import { METRICS_3_4, METRICS_3_5, METRICS_3_6, METRICS_3_7, type MetricsRules } from './metrics/rules.js';

/** The supported minor versions, oldest first. */
export const etcdVersions = ['3.4', '3.5', '3.6', '3.7'] as const;
export type EtcdVersion = (typeof etcdVersions)[number];

/** The default version. */
export const DEFAULT_ETCD_VERSION: EtcdVersion = '3.6';

/**
 * What differs between versions. Each rule is measured against the release in `release`; its comment says what
 * happens when it is not `false`.
 */
export interface VersionRules {
  readonly version: EtcdVersion;
  /** The release that was measured, such as `3.6.14`; what Status reports. */
  readonly release: string;
  /** The storage version in the answer of Status; empty if it reports none. */
  readonly storageVersion: string;
  /**
   * A member asks the others before it begins a new term, so a member that was cut off does not depose the leader
   * when it returns.
   */
  readonly preVote: boolean;
  /** A Range with an unknown `sort_order` or `sort_target` is refused instead of interpreted. */
  readonly refusesUnknownSorts: boolean;
  /** A transaction validates its writes before its reads, not in the given order. */
  readonly txnChecksWritesFirst: boolean;
  /** If both the lease and the key of a put in a transaction are missing, the error names the lease, not the key. */
  readonly txnChecksLeaseFirst: boolean;
  /** A Range with an explicit empty `range_end` reads the single key, not all keys from it. */
  readonly emptyRangeEndIsKeyAlone: boolean;
  /** KV has a RangeStream, which answers a Range in chunks. */
  readonly hasRangeStream: boolean;
  /** A Range with `keys_only` also omits the lease, unless it sorts by value. */
  readonly keysOnlyOmitsLease: boolean;
  /** A watch from a negative revision is cancelled as compacted, even if its range is empty. */
  readonly refusesNegativeWatch: boolean;
  /**
   * When a progress request is answered: `always`; when every watcher of the stream has caught up (`synced`); or when
   * they have, and their start revisions are not in the future (`reached`).
   */
  readonly progressAnswered: 'always' | 'synced' | 'reached';
  /**
   * The answer to a progress request is not ordered with the events of its stream: its revision can be below an event
   * sent before it, or above events still to come.
   */
  readonly progressPassesEvents: boolean;
  /** A watch from the revision of a compaction does not get the deletions of that revision. */
  readonly compactionForgetsDeletes: boolean;
  /** The library that decides which messages are malformed, and words the errors. */
  readonly messages: Dialect;
  /** The error of a stream with a malformed message has a colon before the details. */
  readonly colonBeforeMalformed: boolean;
  /** Request fields that the version does not know and therefore skips. */
  readonly fieldsNotYetKnown: readonly string[];
  /** A Lock that had to wait checks that its own key still exists. */
  readonly lockLooksAtItsKey: boolean;
  /** A streaming response to one request reports a missing request, instead of `EOF`. */
  readonly namesMissingRequest: boolean;
  /** `/livez` and `/readyz` exist, and `/health` gives a reason and takes parameters. */
  readonly hasProbes: boolean;
  /** `/health` writes an entry to the log instead of making a linearizable read. */
  readonly healthAsksLog: boolean;
  /** gRPC's Health service has List, besides Check and Watch. */
  readonly hasHealthList: boolean;
  /** As `messages`, for gRPC's Health service. */
  readonly healthMessages: Dialect;
  /** The library that the JSON gateway uses, which also words its errors. */
  readonly gatewayJson: 'jsonpb' | 'protojson';
  /** The JSON gateway ends an error with trailers, and maps a failed precondition to 412. */
  readonly gatewayEndsErrorsWithTrailers: boolean;
  /** Calls that the JSON gateway does not have yet. */
  readonly gatewayLacks: readonly string[];
  /** A revocation list may be PEM; later it must be DER, and any other list makes it refuse every client. */
  readonly readsCrlAsPem: boolean;
  readonly auth: AuthRules;
  readonly maintenance: MaintenanceRules;
  readonly metrics: MetricsRules;
}

const ETCD_3_4: VersionRules = {
  version: '3.4',
  release: '3.4.23',
  storageVersion: '',
  preVote: false,
  refusesUnknownSorts: false,
  txnChecksWritesFirst: true,
  txnChecksLeaseFirst: false,
  emptyRangeEndIsKeyAlone: false,
  hasRangeStream: false,
  keysOnlyOmitsLease: false,
  refusesNegativeWatch: false,
  progressAnswered: 'always',
  progressPassesEvents: true,
  compactionForgetsDeletes: true,
  messages: 'gogo/protobuf',
  colonBeforeMalformed: false,
  fieldsNotYetKnown: [
    'MemberListRequest.linearizable',
    'AuthUserAddRequest.hashedPassword',
    'AuthUserChangePasswordRequest.hashedPassword',
  ],
  lockLooksAtItsKey: false,
  namesMissingRequest: false,
  hasProbes: false,
  healthAsksLog: true,
  hasHealthList: false,
  healthMessages: 'gogo/protobuf',
  gatewayJson: 'jsonpb',
  gatewayEndsErrorsWithTrailers: true,
  gatewayLacks: ['Maintenance/HashKV', 'Maintenance/Downgrade', 'Auth/AuthStatus'],
  readsCrlAsPem: true,
  auth: AUTH_3_4,
  maintenance: MAINTENANCE_3_4,
  metrics: METRICS_3_4,
};

const ETCD_3_5: VersionRules = {
  ...ETCD_3_4,
  version: '3.5',
  release: '3.5.21',
  colonBeforeMalformed: true,
  fieldsNotYetKnown: [],
  preVote: true,
  progressAnswered: 'synced',
  progressPassesEvents: false,
  compactionForgetsDeletes: false,
  lockLooksAtItsKey: true,
  hasProbes: true,
  healthAsksLog: false,
  healthMessages: 'protobuf-go',
  gatewayEndsErrorsWithTrailers: false,
  gatewayLacks: [],
  auth: AUTH_3_5,
  maintenance: MAINTENANCE_3_5,
  metrics: METRICS_3_5,
};

const ETCD_3_6: VersionRules = {
  ...ETCD_3_5,
  version: '3.6',
  release: '3.6.14',
  storageVersion: '3.6.0',
  refusesUnknownSorts: true,
  txnChecksWritesFirst: false,
  refusesNegativeWatch: true,
  progressAnswered: 'reached',
  namesMissingRequest: true,
  hasHealthList: true,
  gatewayJson: 'protojson',
  readsCrlAsPem: false,
  auth: AUTH_3_6,
  maintenance: MAINTENANCE_3_6,
  metrics: METRICS_3_6,
};

const ETCD_3_7: VersionRules = {
  ...ETCD_3_6,
  version: '3.7',
  release: '3.7.1',
  storageVersion: '3.7.0',
  txnChecksLeaseFirst: true,
  emptyRangeEndIsKeyAlone: true,
  hasRangeStream: true,
  keysOnlyOmitsLease: true,
  messages: 'protobuf-go',
  auth: AUTH_3_7,
  maintenance: MAINTENANCE_3_7,
  metrics: METRICS_3_7,
};

export const VERSIONS: Readonly<Record<EtcdVersion, VersionRules>> = {
  '3.4': ETCD_3_4,
  '3.5': ETCD_3_5,
  '3.6': ETCD_3_6,
  '3.7': ETCD_3_7,
};
