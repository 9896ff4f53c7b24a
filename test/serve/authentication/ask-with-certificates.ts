/**
 * The answers of an etcd with `--client-cert-auth` to clients with certificates: before there are users, and
 * when the certificates' users exist, differ, have changed or are gone.
 */
import * as auth from '../../../sim/etcd/wire/auth.js';
import { MEMBER_LIST_REQUEST } from '../../../sim/etcd/wire/cluster.js';
import * as kv from '../../../sim/etcd/wire/kv.js';
import { LEASE_GRANT_REQUEST, LEASE_LEASES_REQUEST } from '../../../sim/etcd/wire/lease.js';
import { LOCK_REQUEST } from '../../../sim/etcd/wire/lock.js';
import { DEFRAGMENT_REQUEST, STATUS_REQUEST } from '../../../sim/etcd/wire/maintenance.js';
import type { Encodable, MessageType } from '../../../sim/etcd/wire/message.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../../sim/etcd/wire/watch.js';
import { Caller, type Saying } from './caller.js';

const { readWrite } = auth.PERMISSION_TYPE;

export async function askWithCertificates(host: string): Promise<readonly string[]> {
  const caller = new Caller(host);
  const heard: string[] = [];
  const say = async <Q>(
    what: string,
    method: string,
    [type, request]: readonly [MessageType<Q>, Encodable<Q>],
    saying: Saying,
  ): Promise<void> => {
    const { as = '', metadata } = saying;
    const extra = metadata === undefined ? '' : ` with ${Object.keys(metadata).join()}`;
    heard.push(`${as}${extra}: ${what}: ${await caller.say(method, type, request, saying)}`);
  };
  const put = (key: string, saying: Saying): Promise<void> =>
    say(`put ${key}`, 'etcdserverpb.KV/Put', [kv.PUT_REQUEST, { key }], saying);
  const range = (key: string, saying: Saying): Promise<void> =>
    say(`range ${key}`, 'etcdserverpb.KV/Range', [kv.RANGE_REQUEST, { key }], saying);
  const manage = <Q>(
    method: string,
    type: MessageType<Q>,
    request: Encodable<Q>,
    as = 'root',
  ): Promise<void> => say(method, `etcdserverpb.Auth/${method}`, [type, request], { as });
  const userAdd = (name: string, password: string): Promise<void> =>
    manage('UserAdd', auth.AUTH_USER_ADD_REQUEST, {
      name,
      password,
      options: { noPassword: password === '' },
    });
  const grant = (user: string, role: string): Promise<void> =>
    manage('UserGrantRole', auth.AUTH_USER_GRANT_ROLE_REQUEST, { user, role });
  const login = async (name: string, saying: Saying): Promise<string> => {
    const request = { name, password: 'password' };
    const answered = await caller.call(
      'etcdserverpb.Auth/Authenticate',
      auth.AUTHENTICATE_REQUEST,
      request,
      saying,
    );
    heard.push(`${saying.as}: login as ${name}: ${answered.code} ${answered.details}`);
    return answered.code === 0 ? auth.AUTHENTICATE_RESPONSE.decode(answered.message).token : '';
  };
  const everything = async (as: string): Promise<void> => {
    await put('a', { as });
    await put('z', { as });
    await range('a', { as });
    await range('z', { as });
    const lease = [LEASE_GRANT_REQUEST, { TTL: 60 }] as const;
    await say('grant', 'etcdserverpb.Lease/LeaseGrant', lease, { as });
    await say('leases', 'etcdserverpb.Lease/LeaseLeases', [LEASE_LEASES_REQUEST, {}], { as });
    await say('members', 'etcdserverpb.Cluster/MemberList', [MEMBER_LIST_REQUEST, {}], { as });
    await say('status', 'etcdserverpb.Maintenance/Status', [STATUS_REQUEST, {}], { as });
    await say('compact', 'etcdserverpb.KV/Compact', [kv.COMPACTION_REQUEST, { revision: 1 }], { as });
    await manage('UserGet', auth.AUTH_USER_GET_REQUEST, { name: as }, as);
    await manage('UserGet', auth.AUTH_USER_GET_REQUEST, { name: 'root' }, as);
    await manage('UserList', auth.AUTH_USER_LIST_REQUEST, {}, as);
    await manage('RoleGet', auth.AUTH_ROLE_GET_REQUEST, { role: 'a' }, as);
    await manage('AuthStatus', auth.AUTH_STATUS_REQUEST, {}, as);
    const txn = { success: [{ requestPut: { key: 'z' } }] };
    await say('txn', 'etcdserverpb.KV/Txn', [kv.TXN_REQUEST, txn], { as });
    const reads = { success: [{ requestRange: { key: 'a' } }] };
    await say('txn that reads', 'etcdserverpb.KV/Txn', [kv.TXN_REQUEST, reads], { as });
  };
  const watch = async (key: string, as: string): Promise<void> => {
    const request = { createRequest: { key } };
    const first = await caller.first('etcdserverpb.Watch/Watch', WATCH_REQUEST, request, { as });
    const { created, canceled, cancelReason } = WATCH_RESPONSE.decode(first);
    heard.push(`${as}: watch ${key}: ${created} ${canceled} ${cancelReason}`);
  };

  await put('a', { as: 'nameless' });
  await userAdd('root', 'password');
  await userAdd('alice', '');
  await userAdd('bob', 'password');
  await userAdd('carol', '');
  await grant('root', 'root');
  await manage('RoleAdd', auth.AUTH_ROLE_ADD_REQUEST, { name: 'a' });
  const perm = { permType: readWrite, key: 'a', rangeEnd: 'b' };
  await manage('RoleGrantPermission', auth.AUTH_ROLE_GRANT_PERMISSION_REQUEST, { name: 'a', perm });
  await grant('alice', 'a');
  await grant('carol', 'a');
  await put('a', { as: 'alice', metadata: { token: 'guessed.1' } });
  await manage('AuthEnable', auth.AUTH_ENABLE_REQUEST, {}, 'bob');

  for (const as of ['root', 'alice', 'bob', 'nameless', 'carol']) await everything(as);
  for (const [key, as] of [
    ['a', 'alice'],
    ['z', 'alice'],
    ['a', 'bob'],
  ] as const)
    await watch(key, as);

  // Logging in ignores the certificate's user, and a token takes precedence over the certificate.
  const token = await login('root', { as: 'alice' });
  await login('alice', { as: 'alice' });
  await login('root', { as: 'alice', metadata: { token: 'guessed.1' } });
  for (const metadata of [{ token }, { authorization: token }, { token: 'guessed.1' }, { token: '' }]) {
    await put('z', { as: 'alice', metadata });
    await range('z', { as: 'alice', metadata });
  }
  await put('a', { as: 'alice', metadata: { 'grpcgateway-accept': '*/*' } });
  await put('a', { as: 'alice', metadata: { 'grpcgateway-accept': '', token } });
  for (const name of ['a', 'z']) {
    await say(`lock ${name}`, 'v3lockpb.Lock/Lock', [LOCK_REQUEST, { name }], { as: 'alice' });
  }

  // Without it 3.5 may treat a user that was just changed as one that still exists.
  const defragment = [DEFRAGMENT_REQUEST, {}] as const;
  await say('defragment', 'etcdserverpb.Maintenance/Defragment', defragment, { as: 'root' });
  await manage('UserDelete', auth.AUTH_USER_DELETE_REQUEST, { name: 'alice' });
  await everything('alice');
  await userAdd('alice', '');
  await put('a', { as: 'alice' });
  await grant('alice', 'a');
  await put('a', { as: 'alice' });
  await manage('AuthDisable', auth.AUTH_DISABLE_REQUEST, {}, 'alice');
  await manage('AuthDisable', auth.AUTH_DISABLE_REQUEST, {});
  await put('z', { as: 'alice' });
  caller.close();
  return heard;
}
