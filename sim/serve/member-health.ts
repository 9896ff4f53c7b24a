/**
 * Asks a member, as one of its clients, whether it can serve a read. Reads with a right to everything are what etcd
 * asks itself; an answer that speaks of permissions therefore is the answer of a healthy member.
 */
import { CODE, ERRORS } from '../etcd/errors.js';
import type { CallMetadata, CallStatus, EtcdMember } from '../etcd/service.js';
import { RANGE_REQUEST } from '../etcd/wire/kv.js';

export type ReadHealth =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'no leader' }
  /** In etcd's words. */
  | { readonly kind: 'failed'; readonly error: string };

const RANGE = '/etcdserverpb.KV/Range';
const ABOUT_PERMISSION: readonly number[] = [
  CODE.permissionDenied,
  CODE.invalidArgument,
  CODE.unauthenticated,
];

/** Resolves once the member has answered, or given up, which takes 7 s where it has no quorum. */
export async function healthOf(member: EtcdMember, serializable: boolean): Promise<ReadHealth> {
  const metadata: CallMetadata = new Map(serializable ? [] : [['hasleader', 'true']]);
  const status = await new Promise<CallStatus>((resolve) => {
    const call = member.open(RANGE, metadata, { message: () => undefined, status: resolve });
    call.message(RANGE_REQUEST.encode({ key: '\0', rangeEnd: '\0', limit: 1, keysOnly: true, serializable }));
    call.halfClose();
  });
  if (status.code === CODE.ok || ABOUT_PERMISSION.includes(status.code)) return { kind: 'healthy' };
  if (status.details === ERRORS.noLeader.text) return { kind: 'no leader' };
  return { kind: 'failed', error: status.details };
}
