/** What a client can do in a sequence: a unary call, a message on one of its streams, or the end of a stream. */
import * as auth from '../etcd/wire/auth.js';
import * as cluster from '../etcd/wire/cluster.js';
import * as election from '../etcd/wire/election.js';
import * as kv from '../etcd/wire/kv.js';
import * as lease from '../etcd/wire/lease.js';
import * as maintenance from '../etcd/wire/maintenance.js';
import * as lock from '../etcd/wire/lock.js';
import type { Encodable, MessageType } from '../etcd/wire/message.js';
import * as watch from '../etcd/wire/watch.js';
import type { Credentials } from './credentials.js';
import type { Symbolic } from './symbolic-values.js';

/** The codec of a method, without the types of its messages. */
export interface Codec {
  readonly request: MessageType<never>;
  readonly response: MessageType<unknown>;
}

function codec<Q, R>(request: MessageType<Q>, response: MessageType<R>): Codec {
  return { request: request as unknown as MessageType<never>, response };
}

/** The unary methods that are compared. */
export const UNARY = {
  'KV/Range': codec(kv.RANGE_REQUEST, kv.RANGE_RESPONSE),
  'KV/RangeStream': codec(kv.RANGE_REQUEST, kv.RANGE_STREAM_RESPONSE),
  'KV/Put': codec(kv.PUT_REQUEST, kv.PUT_RESPONSE),
  'KV/DeleteRange': codec(kv.DELETE_RANGE_REQUEST, kv.DELETE_RANGE_RESPONSE),
  'KV/Txn': codec(kv.TXN_REQUEST, kv.TXN_RESPONSE),
  'KV/Compact': codec(kv.COMPACTION_REQUEST, kv.COMPACTION_RESPONSE),
  'Lease/LeaseGrant': codec(lease.LEASE_GRANT_REQUEST, lease.LEASE_GRANT_RESPONSE),
  'Lease/LeaseRevoke': codec(lease.LEASE_REVOKE_REQUEST, lease.LEASE_REVOKE_RESPONSE),
  'Lease/LeaseTimeToLive': codec(lease.LEASE_TIME_TO_LIVE_REQUEST, lease.LEASE_TIME_TO_LIVE_RESPONSE),
  'Lease/LeaseLeases': codec(lease.LEASE_LEASES_REQUEST, lease.LEASE_LEASES_RESPONSE),
  'Cluster/MemberList': codec(cluster.MEMBER_LIST_REQUEST, cluster.MEMBER_LIST_RESPONSE),
  'Cluster/MemberAdd': codec(cluster.MEMBER_ADD_REQUEST, cluster.MEMBER_ADD_RESPONSE),
  'Cluster/MemberRemove': codec(cluster.MEMBER_REMOVE_REQUEST, cluster.MEMBER_REMOVE_RESPONSE),
  'Cluster/MemberUpdate': codec(cluster.MEMBER_UPDATE_REQUEST, cluster.MEMBER_UPDATE_RESPONSE),
  'Cluster/MemberPromote': codec(cluster.MEMBER_PROMOTE_REQUEST, cluster.MEMBER_PROMOTE_RESPONSE),
  'Maintenance/Alarm': codec(maintenance.ALARM_REQUEST, maintenance.ALARM_RESPONSE),
  'Maintenance/Defragment': codec(maintenance.DEFRAGMENT_REQUEST, maintenance.DEFRAGMENT_RESPONSE),
  'Maintenance/Downgrade': codec(maintenance.DOWNGRADE_REQUEST, maintenance.DOWNGRADE_RESPONSE),
  'Maintenance/Hash': codec(maintenance.HASH_REQUEST, maintenance.HASH_RESPONSE),
  'Maintenance/HashKV': codec(maintenance.HASH_KV_REQUEST, maintenance.HASH_KV_RESPONSE),
  'Maintenance/MoveLeader': codec(maintenance.MOVE_LEADER_REQUEST, maintenance.MOVE_LEADER_RESPONSE),
  'Maintenance/Status': codec(maintenance.STATUS_REQUEST, maintenance.STATUS_RESPONSE),
  'Auth/AuthEnable': codec(auth.AUTH_ENABLE_REQUEST, auth.AUTH_ENABLE_RESPONSE),
  'Auth/AuthDisable': codec(auth.AUTH_DISABLE_REQUEST, auth.AUTH_DISABLE_RESPONSE),
  'Auth/AuthStatus': codec(auth.AUTH_STATUS_REQUEST, auth.AUTH_STATUS_RESPONSE),
  'Auth/Authenticate': codec(auth.AUTHENTICATE_REQUEST, auth.AUTHENTICATE_RESPONSE),
  'Auth/UserAdd': codec(auth.AUTH_USER_ADD_REQUEST, auth.AUTH_USER_ADD_RESPONSE),
  'Auth/UserGet': codec(auth.AUTH_USER_GET_REQUEST, auth.AUTH_USER_GET_RESPONSE),
  'Auth/UserList': codec(auth.AUTH_USER_LIST_REQUEST, auth.AUTH_USER_LIST_RESPONSE),
  'Auth/UserDelete': codec(auth.AUTH_USER_DELETE_REQUEST, auth.AUTH_USER_DELETE_RESPONSE),
  'Auth/UserChangePassword': codec(
    auth.AUTH_USER_CHANGE_PASSWORD_REQUEST,
    auth.AUTH_USER_CHANGE_PASSWORD_RESPONSE,
  ),
  'Auth/UserGrantRole': codec(auth.AUTH_USER_GRANT_ROLE_REQUEST, auth.AUTH_USER_GRANT_ROLE_RESPONSE),
  'Auth/UserRevokeRole': codec(auth.AUTH_USER_REVOKE_ROLE_REQUEST, auth.AUTH_USER_REVOKE_ROLE_RESPONSE),
  'Auth/RoleAdd': codec(auth.AUTH_ROLE_ADD_REQUEST, auth.AUTH_ROLE_ADD_RESPONSE),
  'Auth/RoleGet': codec(auth.AUTH_ROLE_GET_REQUEST, auth.AUTH_ROLE_GET_RESPONSE),
  'Auth/RoleList': codec(auth.AUTH_ROLE_LIST_REQUEST, auth.AUTH_ROLE_LIST_RESPONSE),
  'Auth/RoleDelete': codec(auth.AUTH_ROLE_DELETE_REQUEST, auth.AUTH_ROLE_DELETE_RESPONSE),
  'Auth/RoleGrantPermission': codec(
    auth.AUTH_ROLE_GRANT_PERMISSION_REQUEST,
    auth.AUTH_ROLE_GRANT_PERMISSION_RESPONSE,
  ),
  'Auth/RoleRevokePermission': codec(
    auth.AUTH_ROLE_REVOKE_PERMISSION_REQUEST,
    auth.AUTH_ROLE_REVOKE_PERMISSION_RESPONSE,
  ),
  'v3lockpb.Lock/Lock': codec(lock.LOCK_REQUEST, lock.LOCK_RESPONSE),
  'v3lockpb.Lock/Unlock': codec(lock.UNLOCK_REQUEST, lock.UNLOCK_RESPONSE),
  'v3electionpb.Election/Campaign': codec(election.CAMPAIGN_REQUEST, election.CAMPAIGN_RESPONSE),
  'v3electionpb.Election/Proclaim': codec(election.PROCLAIM_REQUEST, election.PROCLAIM_RESPONSE),
  'v3electionpb.Election/Leader': codec(election.LEADER_REQUEST, election.LEADER_RESPONSE),
  'v3electionpb.Election/Resign': codec(election.RESIGN_REQUEST, election.RESIGN_RESPONSE),
} as const;

export type UnaryMethod = keyof typeof UNARY;

/** The methods that are streams. */
export const STREAMS = {
  'Watch/Watch': codec(watch.WATCH_REQUEST, watch.WATCH_RESPONSE),
  'Lease/LeaseKeepAlive': codec(lease.LEASE_KEEP_ALIVE_REQUEST, lease.LEASE_KEEP_ALIVE_RESPONSE),
} as const;

export type StreamMethod = keyof typeof STREAMS;

type Request<T> = Symbolic<Encodable<T>>;

/** One command. Streams are numbered within their method and opened by the first message on them. */
export type Command =
  | {
      readonly kind: 'call';
      readonly client: number;
      readonly method: UnaryMethod;
      readonly request: object;
      readonly credentials?: Credentials | undefined;
    }
  /** A request that may be malformed, to a method that may not exist. */
  | {
      readonly kind: 'raw';
      readonly client: number;
      readonly method: string;
      /** The message, one code unit per byte. */
      readonly message: string;
      readonly credentials?: Credentials | undefined;
    }
  | {
      readonly kind: 'watch';
      readonly stream: number;
      readonly request: Request<watch.WatchRequest>;
      /** Of the stream, if this opens it. */
      readonly credentials?: Credentials | undefined;
    }
  | {
      readonly kind: 'keep-alive';
      readonly stream: number;
      readonly request: Request<lease.LeaseKeepAliveRequest>;
      /** Of the stream, if this opens it. */
      readonly credentials?: Credentials | undefined;
    }
  /** A lease of a few seconds with keys on it, which is left to expire. */
  | {
      readonly kind: 'expire';
      readonly client: number;
      /** Seconds. */
      readonly TTL: number;
      readonly keys: readonly string[];
      /** Renews it once half of its time is over. */
      readonly renewed: boolean;
      /** Puts the first key again, without the lease. */
      readonly detached: boolean;
    }
  | { readonly kind: 'close'; readonly method: StreamMethod; readonly stream: number };

/** The full gRPC path of a method: one without a package is etcd's own. */
export function pathOf(method: string): string {
  return method.includes('.') ? `/${method}` : `/etcdserverpb.${method}`;
}
