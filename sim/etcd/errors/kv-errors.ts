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
    'A put asks to keep the value and gives one.',
  ),
  leaseProvided: illegal(
    'leaseProvided',
    invalidArgument,
    'etcdserver: lease is provided',
    'A put asks to keep the lease and gives one.',
  ),
  tooManyOps: illegal(
    'tooManyOps',
    invalidArgument,
    'etcdserver: too many operations in txn request',
    'A transaction has more operations or comparisons than the limit of 128, nested ones counted on their path.',
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
    'The revision asked for is below the compaction; for a compaction, it was done before.',
  ),
  futureRevision: refused(
    'futureRevision',
    outOfRange,
    'etcdserver: mvcc: required revision is a future revision',
    'The revision asked for does not exist yet.',
  ),
  noSpace: unresolved(
    'noSpace',
    resourceExhausted,
    'etcdserver: mvcc: database space exceeded',
    'The database reached its quota, and takes only deletes and reads until the alarm is disarmed. A write that was ' +
      'let in before the database was full, and applied after, is done all the same.',
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
    'The lease id of a grant is taken.',
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
    'The watch stream was ended by the server.',
  ),
  rangeStreamSorted: illegal(
    'rangeStreamSorted',
    CODE.unimplemented,
    'RangeStream does not support custom sort orders',
    'A stream of a range comes in the order of keys.',
  ),
  rangeStreamFiltered: illegal(
    'rangeStreamFiltered',
    CODE.unimplemented,
    'RangeStream does not support revision filters',
    'A stream of a range has every key of it.',
  ),
  tooManyRequests: refused(
    'tooManyRequests',
    resourceExhausted,
    'etcdserver: too many requests',
    'The member has too far to go to what is committed, and takes no proposals for now.',
  ),
  noLeader: refused(
    'noLeader',
    unavailable,
    'etcdserver: no leader',
    'The member knows no leader and the client asked to be told, or a lease request could find none.',
  ),
  notLeader: refused(
    'notLeader',
    failedPrecondition,
    'etcdserver: not leader',
    'The request is for the leader only.',
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
    'The member is shutting down; what it was asked to do may be in the log.',
  ),
  timeout: unresolved(
    'timeout',
    unavailable,
    'etcdserver: request timed out',
    'No quorum answered within 7 seconds; the write may be in a log and be applied later.',
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
    'The member knew no leader for 7 seconds, so that the write most likely never got into a log.',
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
    'The call was given up while the server was working on it.',
  ),
  deadlineExceeded: unresolved(
    'deadlineExceeded',
    CODE.deadlineExceeded,
    'etcdserver: context deadline exceeded',
    'The deadline passed while the server was working on it.',
  ),
} as const;
