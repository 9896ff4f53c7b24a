/**
 * Checks a member's health, as one of its clients. etcd's own check may use everything. A permission error
 * here therefore comes from a healthy member, although its alarms then remain unknown.
 */
import { CODE, ERRORS } from '../etcd/errors.js';
import type { CallMetadata, EtcdMember } from '../etcd/service.js';
import type { CallStatus } from '../etcd/call-status.js';
import { RANGE_REQUEST } from '../etcd/wire/kv.js';
import type { VersionRules } from '../etcd/version.js';
import { ALARM_REQUEST, STATUS_RESPONSE } from '../etcd/wire/maintenance.js';

export type ReadHealth =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'no leader' }
  /** etcd's text. */
  | { readonly kind: 'failed'; readonly error: string };

const ABOUT_PERMISSION: readonly number[] = [
  CODE.permissionDenied,
  CODE.invalidArgument,
  CODE.unauthenticated,
];

/** Resolves once the member has answered a read, or given up, which takes 7 s without a quorum. */
export async function healthOf(
  member: EtcdMember,
  { healthAsksLog }: VersionRules,
  serializable: boolean,
): Promise<ReadHealth> {
  const metadata: CallMetadata = new Map(serializable ? [] : [['hasleader', 'true']]);
  const request = { key: '\0', rangeEnd: '\0', limit: 1, keysOnly: true, serializable };
  const { status } = healthAsksLog
    ? // An entry that does nothing.
      await ask(member, '/etcdserverpb.Maintenance/Alarm', ALARM_REQUEST.encode({}), metadata)
    : await ask(member, '/etcdserverpb.KV/Range', RANGE_REQUEST.encode(request), metadata);
  if (status.code === CODE.ok || ABOUT_PERMISSION.includes(status.code)) return { kind: 'healthy' };
  if (status.details === ERRORS.noLeader.text) return { kind: 'no leader' };
  return { kind: 'failed', error: status.details };
}

/** The alarms that the member knows, such as `NOSPACE`, from its status. */
export async function alarmsOf(member: EtcdMember): Promise<readonly string[]> {
  const { message } = await ask(member, '/etcdserverpb.Maintenance/Status', new Uint8Array(), new Map());
  if (message === undefined) return [];
  return STATUS_RESPONSE.decode(message).errors.flatMap((error) => /\balarm:(\w+)/.exec(error)?.[1] ?? []);
}

function ask(
  member: EtcdMember,
  path: string,
  request: Uint8Array,
  metadata: CallMetadata,
): Promise<{ readonly status: CallStatus; readonly message: Uint8Array | undefined }> {
  return new Promise((resolve) => {
    let message: Uint8Array | undefined;
    const call = member.open(path, metadata, {
      message: (bytes) => (message = bytes),
      status: (status) => resolve({ status, message }),
    });
    call.message(request);
    call.halfClose();
  });
}
