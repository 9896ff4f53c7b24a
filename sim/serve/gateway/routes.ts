/** The call of etcd behind each path of the JSON gateway. */
import * as auth from '../../etcd/wire/auth.js';
import * as cluster from '../../etcd/wire/cluster.js';
import * as election from '../../etcd/wire/election.js';
import * as kv from '../../etcd/wire/kv.js';
import * as lease from '../../etcd/wire/lease.js';
import * as lock from '../../etcd/wire/lock.js';
import * as maintenance from '../../etcd/wire/maintenance.js';
import type { MessageType } from '../../etcd/wire/message.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../etcd/wire/watch.js';

export interface Route {
  /** Such as `/etcdserverpb.KV/Range`. */
  readonly method: string;
  readonly request: MessageType<unknown>;
  readonly response: MessageType<unknown>;
  /** One answer to one request, many to one, or many to many. */
  readonly answers: 'one' | 'stream' | 'stream to stream';
}

function route<Q, R>(
  method: string,
  request: MessageType<Q>,
  response: MessageType<R>,
  answers: Route['answers'] = 'one',
): Route {
  return {
    method: `/${method}`,
    request,
    response,
    answers,
  };
}

const LEASE_REVOKE = route(
  'etcdserverpb.Lease/LeaseRevoke',
  lease.LEASE_REVOKE_REQUEST,
  lease.LEASE_REVOKE_RESPONSE,
);
const LEASE_TIME_TO_LIVE = route(
  'etcdserverpb.Lease/LeaseTimeToLive',
  lease.LEASE_TIME_TO_LIVE_REQUEST,
  lease.LEASE_TIME_TO_LIVE_RESPONSE,
);
const LEASE_LEASES = route(
  'etcdserverpb.Lease/LeaseLeases',
  lease.LEASE_LEASES_REQUEST,
  lease.LEASE_LEASES_RESPONSE,
);

const KV: Readonly<Record<string, Route>> = {
  '/v3/kv/range': route('etcdserverpb.KV/Range', kv.RANGE_REQUEST, kv.RANGE_RESPONSE),
  '/v3/kv/put': route('etcdserverpb.KV/Put', kv.PUT_REQUEST, kv.PUT_RESPONSE),
  '/v3/kv/deleterange': route(
    'etcdserverpb.KV/DeleteRange',
    kv.DELETE_RANGE_REQUEST,
    kv.DELETE_RANGE_RESPONSE,
  ),
  '/v3/kv/txn': route('etcdserverpb.KV/Txn', kv.TXN_REQUEST, kv.TXN_RESPONSE),
  '/v3/kv/compaction': route('etcdserverpb.KV/Compact', kv.COMPACTION_REQUEST, kv.COMPACTION_RESPONSE),
  '/v3/watch': route('etcdserverpb.Watch/Watch', WATCH_REQUEST, WATCH_RESPONSE, 'stream to stream'),
};

const LEASES: Readonly<Record<string, Route>> = {
  '/v3/lease/grant': route(
    'etcdserverpb.Lease/LeaseGrant',
    lease.LEASE_GRANT_REQUEST,
    lease.LEASE_GRANT_RESPONSE,
  ),
  '/v3/lease/revoke': LEASE_REVOKE,
  '/v3/kv/lease/revoke': LEASE_REVOKE,
  '/v3/lease/keepalive': route(
    'etcdserverpb.Lease/LeaseKeepAlive',
    lease.LEASE_KEEP_ALIVE_REQUEST,
    lease.LEASE_KEEP_ALIVE_RESPONSE,
    'stream to stream',
  ),
  '/v3/lease/timetolive': LEASE_TIME_TO_LIVE,
  '/v3/kv/lease/timetolive': LEASE_TIME_TO_LIVE,
  '/v3/lease/leases': LEASE_LEASES,
  '/v3/kv/lease/leases': LEASE_LEASES,
};

const MEMBERS: Readonly<Record<string, Route>> = {
  '/v3/cluster/member/add': route(
    'etcdserverpb.Cluster/MemberAdd',
    cluster.MEMBER_ADD_REQUEST,
    cluster.MEMBER_ADD_RESPONSE,
  ),
  '/v3/cluster/member/remove': route(
    'etcdserverpb.Cluster/MemberRemove',
    cluster.MEMBER_REMOVE_REQUEST,
    cluster.MEMBER_REMOVE_RESPONSE,
  ),
  '/v3/cluster/member/update': route(
    'etcdserverpb.Cluster/MemberUpdate',
    cluster.MEMBER_UPDATE_REQUEST,
    cluster.MEMBER_UPDATE_RESPONSE,
  ),
  '/v3/cluster/member/list': route(
    'etcdserverpb.Cluster/MemberList',
    cluster.MEMBER_LIST_REQUEST,
    cluster.MEMBER_LIST_RESPONSE,
  ),
  '/v3/cluster/member/promote': route(
    'etcdserverpb.Cluster/MemberPromote',
    cluster.MEMBER_PROMOTE_REQUEST,
    cluster.MEMBER_PROMOTE_RESPONSE,
  ),
};

const MAINTENANCE: Readonly<Record<string, Route>> = Object.fromEntries(
  [
    route('etcdserverpb.Maintenance/Alarm', maintenance.ALARM_REQUEST, maintenance.ALARM_RESPONSE),
    route('etcdserverpb.Maintenance/Status', maintenance.STATUS_REQUEST, maintenance.STATUS_RESPONSE),
    route(
      'etcdserverpb.Maintenance/Defragment',
      maintenance.DEFRAGMENT_REQUEST,
      maintenance.DEFRAGMENT_RESPONSE,
    ),
    route('etcdserverpb.Maintenance/Hash', maintenance.HASH_REQUEST, maintenance.HASH_RESPONSE),
    route('etcdserverpb.Maintenance/HashKV', maintenance.HASH_KV_REQUEST, maintenance.HASH_KV_RESPONSE),
    route(
      'etcdserverpb.Maintenance/Snapshot',
      maintenance.SNAPSHOT_REQUEST,
      maintenance.SNAPSHOT_RESPONSE,
      'stream',
    ),
    route(
      'etcdserverpb.Maintenance/MoveLeader',
      maintenance.MOVE_LEADER_REQUEST,
      maintenance.MOVE_LEADER_RESPONSE,
    ),
    route(
      'etcdserverpb.Maintenance/Downgrade',
      maintenance.DOWNGRADE_REQUEST,
      maintenance.DOWNGRADE_RESPONSE,
    ),
  ].map((one) => {
    const name = one.method.replace('/etcdserverpb.Maintenance/', '').toLowerCase();
    return [`/v3/maintenance/${name === 'moveleader' ? 'transfer-leadership' : name}`, one];
  }),
);

function authRoute<Q, R>(name: string, request: MessageType<Q>, response: MessageType<R>): Route {
  return route(`etcdserverpb.Auth/${name}`, request, response);
}

const AUTH: Readonly<Record<string, Route>> = {
  enable: authRoute('AuthEnable', auth.AUTH_ENABLE_REQUEST, auth.AUTH_ENABLE_RESPONSE),
  disable: authRoute('AuthDisable', auth.AUTH_DISABLE_REQUEST, auth.AUTH_DISABLE_RESPONSE),
  status: authRoute('AuthStatus', auth.AUTH_STATUS_REQUEST, auth.AUTH_STATUS_RESPONSE),
  authenticate: authRoute('Authenticate', auth.AUTHENTICATE_REQUEST, auth.AUTHENTICATE_RESPONSE),
  'user/add': authRoute('UserAdd', auth.AUTH_USER_ADD_REQUEST, auth.AUTH_USER_ADD_RESPONSE),
  'user/get': authRoute('UserGet', auth.AUTH_USER_GET_REQUEST, auth.AUTH_USER_GET_RESPONSE),
  'user/list': authRoute('UserList', auth.AUTH_USER_LIST_REQUEST, auth.AUTH_USER_LIST_RESPONSE),
  'user/delete': authRoute('UserDelete', auth.AUTH_USER_DELETE_REQUEST, auth.AUTH_USER_DELETE_RESPONSE),
  'user/changepw': authRoute(
    'UserChangePassword',
    auth.AUTH_USER_CHANGE_PASSWORD_REQUEST,
    auth.AUTH_USER_CHANGE_PASSWORD_RESPONSE,
  ),
  'user/grant': authRoute(
    'UserGrantRole',
    auth.AUTH_USER_GRANT_ROLE_REQUEST,
    auth.AUTH_USER_GRANT_ROLE_RESPONSE,
  ),
  'user/revoke': authRoute(
    'UserRevokeRole',
    auth.AUTH_USER_REVOKE_ROLE_REQUEST,
    auth.AUTH_USER_REVOKE_ROLE_RESPONSE,
  ),
  'role/add': authRoute('RoleAdd', auth.AUTH_ROLE_ADD_REQUEST, auth.AUTH_ROLE_ADD_RESPONSE),
  'role/get': authRoute('RoleGet', auth.AUTH_ROLE_GET_REQUEST, auth.AUTH_ROLE_GET_RESPONSE),
  'role/list': authRoute('RoleList', auth.AUTH_ROLE_LIST_REQUEST, auth.AUTH_ROLE_LIST_RESPONSE),
  'role/delete': authRoute('RoleDelete', auth.AUTH_ROLE_DELETE_REQUEST, auth.AUTH_ROLE_DELETE_RESPONSE),
  'role/grant': authRoute(
    'RoleGrantPermission',
    auth.AUTH_ROLE_GRANT_PERMISSION_REQUEST,
    auth.AUTH_ROLE_GRANT_PERMISSION_RESPONSE,
  ),
  'role/revoke': authRoute(
    'RoleRevokePermission',
    auth.AUTH_ROLE_REVOKE_PERMISSION_REQUEST,
    auth.AUTH_ROLE_REVOKE_PERMISSION_RESPONSE,
  ),
};

const CONCURRENCY: Readonly<Record<string, Route>> = {
  '/v3/lock/lock': route('v3lockpb.Lock/Lock', lock.LOCK_REQUEST, lock.LOCK_RESPONSE),
  '/v3/lock/unlock': route('v3lockpb.Lock/Unlock', lock.UNLOCK_REQUEST, lock.UNLOCK_RESPONSE),
  '/v3/election/campaign': route(
    'v3electionpb.Election/Campaign',
    election.CAMPAIGN_REQUEST,
    election.CAMPAIGN_RESPONSE,
  ),
  '/v3/election/proclaim': route(
    'v3electionpb.Election/Proclaim',
    election.PROCLAIM_REQUEST,
    election.PROCLAIM_RESPONSE,
  ),
  '/v3/election/leader': route(
    'v3electionpb.Election/Leader',
    election.LEADER_REQUEST,
    election.LEADER_RESPONSE,
  ),
  '/v3/election/observe': route(
    'v3electionpb.Election/Observe',
    election.LEADER_REQUEST,
    election.LEADER_RESPONSE,
    'stream',
  ),
  '/v3/election/resign': route(
    'v3electionpb.Election/Resign',
    election.RESIGN_REQUEST,
    election.RESIGN_RESPONSE,
  ),
};

/** By path; all of them accept POST. */
export const ROUTES: ReadonlyMap<string, Route> = new Map([
  ...Object.entries({ ...KV, ...LEASES, ...MEMBERS, ...MAINTENANCE, ...CONCURRENCY }),
  ...Object.entries(AUTH).map(([path, one]): [string, Route] => [`/v3/auth/${path}`, one]),
]);
