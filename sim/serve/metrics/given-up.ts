/**
 * The code with which etcd counts a call that its client gave up. It depends on what the service was waiting
 * for, and on the library that counts.
 */
import type { VersionRules } from '../../etcd/version.js';
import type { CodeName } from './call-counts.js';

const KEEP_ALIVE = '/etcdserverpb.Lease/LeaseKeepAlive';
/** These return the error of Go's context, unchanged. */
const WITHOUT_A_CODE = /^\/(?:etcdserverpb\.KV\/Range$|v3lockpb\.|v3electionpb\.)/;
/** These wait for the log, and report a deadline as a missing leader. */
const THROUGH_THE_LOG =
  /^\/etcdserverpb\.(?:KV\/(?:Put|DeleteRange|Txn|Compact)|Lease\/Lease(?:Grant|Revoke)|Maintenance\/Alarm|Auth\/\w+)$/;

/** @param isLate its deadline has passed; otherwise the client has cancelled it, or is gone */
export function codeOfGivenUp(path: string, isLate: boolean, { metrics }: VersionRules): CodeName {
  if (path === KEEP_ALIVE && !isLate) return metrics.cancelledKeepAlive;
  if (isLate && THROUGH_THE_LOG.test(path)) return 'Unavailable';
  if (metrics.givenUp === 'Unknown') return isLate || WITHOUT_A_CODE.test(path) ? 'Unknown' : 'Canceled';
  return isLate ? 'DeadlineExceeded' : 'Canceled';
}
