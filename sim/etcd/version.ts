/**
 * The versions of etcd that the model can be, and the one table of what clients can tell them apart by. Adding a
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

/** The minor versions that there are, oldest first. */
export const etcdVersions = ['3.4', '3.5', '3.6', '3.7'] as const;
export type EtcdVersion = (typeof etcdVersions)[number];

/** The version of a cluster that nobody chose one for. */
export const DEFAULT_ETCD_VERSION: EtcdVersion = '3.6';

/**
 * What differs between versions. Each rule is measured against the release that `release` names; what it is when it
 * is not `false` says its comment.
 */
export interface VersionRules {
  readonly version: EtcdVersion;
  /** The release that was measured, such as `3.6.14`; what Status reports. */
  readonly release: string;
  /** What Status reports as the storage version; empty where it reports none. */
  readonly storageVersion: string;
  /**
   * A member asks the others before it begins a new term, so that one that was cut off does not unseat the leader
   * when it comes back.
   */
  readonly preVote: boolean;
  /** A Range with a `sort_order` or `sort_target` that there is not is refused, instead of taken as far as it goes. */
  readonly refusesUnknownSorts: boolean;
  /** A transaction looks for what is wrong with its writes before it looks at its reads, not in the order given. */
  readonly txnChecksWritesFirst: boolean;
  /** A put in a transaction whose lease and whose key are missing is told of the lease, not of the key. */
  readonly txnChecksLeaseFirst: boolean;
  /** A Range whose `range_end` is on the wire and empty is the key alone, not all from the key on. */
  readonly emptyRangeEndIsKeyAlone: boolean;
  /** KV has a RangeStream, which answers a Range in chunks. */
  readonly hasRangeStream: boolean;
  /** A Range with `keys_only` leaves out the lease, too, unless it sorts by value. */
  readonly keysOnlyOmitsLease: boolean;
  /** A watch from a negative revision is cancelled as compacted, even if its range is empty. */
  readonly refusesNegativeWatch: boolean;
  /**
   * When a progress request is answered: `always`; when every watcher of the stream has caught up (`synced`); or when
   * they have, and their start revisions are not in the future (`reached`).
   */
  readonly progressAnswered: 'always' | 'synced' | 'reached';
  /**
   * The answer to a progress request goes out past the events of its stream, in either order: it can tell a revision
   * below an event that was sent before it, or one whose events are yet to come.
   */
  readonly progressPassesEvents: boolean;
  /** What was deleted in the very revision of a compaction is no longer told to who watches from there. */
  readonly compactionForgetsDeletes: boolean;
  /** Whose words say what is malformed about a message, and what is taken for malformed. */
  readonly messages: Dialect;
  /** A stream that ends over a malformed message puts a colon before what is malformed about it. */
  readonly colonBeforeMalformed: boolean;
  /** Fields of requests that are not there yet: they are skipped, whatever is in them. */
  readonly fieldsNotYetKnown: readonly string[];
  /** A Lock that had to wait makes sure that its own key is still there. */
  readonly lockLooksAtItsKey: boolean;
  /** A stream of answers to one request says that the request is missing, instead of `EOF`. */
  readonly namesMissingRequest: boolean;
  /** There are `/livez` and `/readyz`, and `/health` gives a reason and takes parameters. */
  readonly hasProbes: boolean;
  /** `/health` puts an entry into the log, instead of a range that is linearizable. */
  readonly healthAsksLog: boolean;
  /** gRPC's Health service has a List beside Check and Watch. */
  readonly hasHealthList: boolean;
  /** As `messages`, for gRPC's Health service. */
  readonly healthMessages: Dialect;
  /** How the JSON gateway reads and writes, and whose words say what is wrong. */
  readonly gatewayJson: 'jsonpb' | 'protojson';
  /** An error of the JSON gateway ends with trailers, and a failed precondition is a 412. */
  readonly gatewayEndsErrorsWithTrailers: boolean;
  /** Calls that the JSON gateway does not have yet. */
  readonly gatewayLacks: readonly string[];
  /** A list of revoked certificates may be PEM; later it must be DER, and with another every client is refused. */
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
