/** Errors that etcd gives to requests about keys, leases and watches; texts and codes are those of rpctypes. */
import { CODE, illegal, refused, unresolved } from './entry.js';

const { invalidArgument, notFound, failedPrecondition, outOfRange, resourceExhausted, unavailable } = CODE;

export const KV_ERRORS = {
  emptyKey: illegal(
    'emptyKey',
    invalidArgument,
    'etcdserver: key is not provided',
    'A request, or an operation or comparison of a transaction, has an empty key.',
  ),
  keyNotFound: refused(
    'keyNotFound',
    invalidArgument,
    'etcdserver: key not found',
    'A put that keeps the value or the lease names a key that does not exist, or an operation is empty.',
  ),
  valueProvided: illegal(
    'valueProvided',
    invalidArgument,
    'etcdserver: value is provided',
    'A put asks to keep the value but gives one.',
  ),
  leaseProvided: illegal(
    'leaseProvided',
    invalidArgument,
    'etcdserver: lease is provided',
    'A put asks to keep the lease but gives one.',
  ),
  tooManyOps: illegal(
    'tooManyOps',
    invalidArgument,
    'etcdserver: too many operations in txn request',
    'A transaction has more than 128 operations or comparisons, including nested ones on the path.',
  ),
  duplicateKey: illegal(
    'duplicateKey',
    invalidArgument,
    'etcdserver: duplicate key given in txn request',
    'A transaction would write one key twice.',
  ),
  invalidClientApiVersion: illegal(
    'invalidClientApiVersion',
    invalidArgument,
    'etcdserver: invalid client api version',
    'The client-api-version in the metadata is not UTF-8.',
  ),
  invalidSortOption: illegal(
    'invalidSortOption',
    invalidArgument,
    'etcdserver: invalid sort option',
    'A range has an unknown sort order or target.',
  ),
  requestTooLarge: illegal(
    'requestTooLarge',
    invalidArgument,
    'etcdserver: request is too large',
    'A write is larger than the server accepts, 1.5 MiB by default.',
  ),
  compacted: refused(
    'compacted',
    outOfRange,
    'etcdserver: mvcc: required revision has been compacted',
    'The requested revision has been compacted; for a compaction: it was done before.',
  ),
  futureRevision: refused(
    'futureRevision',
    outOfRange,
    'etcdserver: mvcc: required revision is a future revision',
    'The requested revision does not exist yet.',
  ),
  noSpace: unresolved(
    'noSpace',
    resourceExhausted,
    'etcdserver: mvcc: database space exceeded',
    'The database reached its quota, and accepts only deletes and reads until the alarm is disarmed. A write ' +
      'accepted before the database was full and applied later still takes effect.',
  ),
  leaseNotFound: refused(
    'leaseNotFound',
    notFound,
    'etcdserver: requested lease not found',
    'The lease was never granted, has expired or was revoked.',
  ),
  leaseExists: refused(
    'leaseExists',
    failedPrecondition,
    'etcdserver: lease already exists',
    'The lease id of a grant is in use.',
  ),
  leaseTtlTooLarge: illegal(
    'leaseTtlTooLarge',
    outOfRange,
    'etcdserver: too large lease TTL',
    'The TTL of a grant is above 9,000,000,000 seconds.',
  ),
  watchCanceled: unresolved(
    'watchCanceled',
    CODE.cancelled,
    'etcdserver: watch canceled',
    'The server ended the watch stream.',
  ),
  rangeStreamSorted: illegal(
    'rangeStreamSorted',
    CODE.unimplemented,
    'RangeStream does not support custom sort orders',
    'A range stream comes in key order only.',
  ),
  rangeStreamFiltered: illegal(
    'rangeStreamFiltered',
    CODE.unimplemented,
    'RangeStream does not support revision filters',
    'A range stream cannot filter by revision.',
  ),
  tooManyRequests: refused(
    'tooManyRequests',
    resourceExhausted,
    'etcdserver: too many requests',
    'The member lags too far behind the committed index to accept proposals.',
  ),
  noLeader: refused(
    'noLeader',
    unavailable,
    'etcdserver: no leader',
    'The member has no leader, and the client required one or the request needs one for its lease.',
  ),
  notLeader: refused(
    'notLeader',
    failedPrecondition,
    'etcdserver: not leader',
    'Only the leader handles the request.',
  ),
  leaderChanged: unresolved(
    'leaderChanged',
    unavailable,
    'etcdserver: leader changed',
    'The leader changed while a linearizable read was waiting.',
  ),
  notCapable: refused(
    'notCapable',
    failedPrecondition,
    'etcdserver: not capable',
    'The cluster version does not offer the API yet.',
  ),
  stopped: unresolved(
    'stopped',
    unavailable,
    'etcdserver: server stopped',
    'The member is shutting down; the write may be in the log.',
  ),
  timeout: unresolved(
    'timeout',
    unavailable,
    'etcdserver: request timed out',
    'No quorum answered within 7 seconds; the write may be in the log and be applied later.',
  ),
  timeoutDueToLeaderFail: unresolved(
    'timeoutDueToLeaderFail',
    unavailable,
    'etcdserver: request timed out, possibly due to previous leader failure',
    'As a timeout, and the member became leader while the request was waiting.',
  ),
  timeoutDueToConnectionLost: unresolved(
    'timeoutDueToConnectionLost',
    unavailable,
    'etcdserver: request timed out, possibly due to connection lost',
    'As a timeout, and the member lost its leader or, as leader, its quorum.',
  ),
  proposalTimeout: unresolved(
    'proposalTimeout',
    CODE.deadlineExceeded,
    'context deadline exceeded',
    'The member had no leader for 7 seconds, so the write most likely never reached the log.',
  ),
  timeoutWaitAppliedIndex: unresolved(
    'timeoutWaitAppliedIndex',
    unavailable,
    'etcdserver: request timed out, waiting for the applied index took too long',
    'The leader could not catch up with its own log before a lease request.',
  ),
  unhealthy: refused('unhealthy', unavailable, 'etcdserver: unhealthy cluster', 'Too few members are up.'),
  corrupt: refused(
    'corrupt',
    CODE.dataLoss,
    'etcdserver: corrupt cluster',
    'Members disagree about the data.',
  ),
  canceled: unresolved(
    'canceled',
    CODE.cancelled,
    'etcdserver: request canceled',
    'The client cancelled the call while the server was working on it.',
  ),
  deadlineExceeded: unresolved(
    'deadlineExceeded',
    CODE.deadlineExceeded,
    'etcdserver: context deadline exceeded',
    'The deadline passed while the server was working on it.',
  ),
} as const;
