/**
 * The answers of an etcd with signed tokens to clients that show them, and the contents of its own tokens.
 */
import * as auth from '../../../sim/etcd/wire/auth.js';
import * as kv from '../../../sim/etcd/wire/kv.js';
import { LEASE_GRANT_REQUEST } from '../../../sim/etcd/wire/lease.js';
import { DEFRAGMENT_REQUEST } from '../../../sim/etcd/wire/maintenance.js';
import type { Encodable, MessageType } from '../../../sim/etcd/wire/message.js';
import type { Caller } from './caller.js';
import { readToken } from './tokens.js';

/**
 * Of users and roles after {@link setUp}: it is 1 before, and turning authentication on does not change it.
 */
export const REVISION = 8;

/**
 * Users root, who may do everything, and alice, who may use the keys from a to b; authentication is then on.
 */
export async function setUp(caller: Caller): Promise<void> {
  const manage = <Q>(method: string, type: MessageType<Q>, request: Encodable<Q>): Promise<string> =>
    caller.say(`etcdserverpb.Auth/${method}`, type, request);
  for (const name of ['root', 'alice']) {
    await manage('UserAdd', auth.AUTH_USER_ADD_REQUEST, { name, password: 'password' });
  }
  await manage('RoleAdd', auth.AUTH_ROLE_ADD_REQUEST, { name: 'a' });
  const perm = { permType: auth.PERMISSION_TYPE.readWrite, key: 'a', rangeEnd: 'b' };
  await manage('RoleGrantPermission', auth.AUTH_ROLE_GRANT_PERMISSION_REQUEST, { name: 'a', perm });
  await manage('UserGrantRole', auth.AUTH_USER_GRANT_ROLE_REQUEST, { user: 'root', role: 'root' });
  await manage('UserGrantRole', auth.AUTH_USER_GRANT_ROLE_REQUEST, { user: 'alice', role: 'a' });
  await manage('UserAdd', auth.AUTH_USER_ADD_REQUEST, { name: 'bob', options: { noPassword: true } });
  await manage('AuthEnable', auth.AUTH_ENABLE_REQUEST, {});
}

/** A token, or the reason why there is none. */
export async function login(
  caller: Caller,
  name: string,
  password = 'password',
): Promise<{ readonly token: string; readonly said: string }> {
  const method = 'etcdserverpb.Auth/Authenticate';
  const { code, details, message } = await caller.call(method, auth.AUTHENTICATE_REQUEST, { name, password });
  const token = code === 0 ? auth.AUTHENTICATE_RESPONSE.decode(message).token : '';
  return { token, said: `${code} ${details}` };
}

/**
 * The answers of several methods to a caller with the token: those of users, of root, those that write and
 * those that read.
 */
export async function showToken(caller: Caller, token: string): Promise<readonly string[]> {
  const by = { metadata: { token } };
  const { PUT_REQUEST, RANGE_REQUEST, TXN_REQUEST } = kv;
  return [
    await caller.say('etcdserverpb.KV/Put', PUT_REQUEST, { key: 'a' }, by),
    await caller.say('etcdserverpb.KV/Range', RANGE_REQUEST, { key: 'a' }, by),
    await caller.say('etcdserverpb.KV/Range', RANGE_REQUEST, { key: 'z', serializable: true }, by),
    await caller.say('etcdserverpb.KV/Txn', TXN_REQUEST, { success: [{ requestRange: { key: 'a' } }] }, by),
    await caller.say('etcdserverpb.Lease/LeaseGrant', LEASE_GRANT_REQUEST, { TTL: 600 }, by),
    await caller.say('etcdserverpb.Maintenance/Defragment', DEFRAGMENT_REQUEST, {}, by),
    await caller.say('etcdserverpb.Auth/UserList', auth.AUTH_USER_LIST_REQUEST, {}, by),
    await caller.say('etcdserverpb.Auth/UserGet', auth.AUTH_USER_GET_REQUEST, { name: 'alice' }, by),
  ];
}

/** From the login on until authentication is off again. */
export async function askWithOwnTokens(caller: Caller): Promise<readonly unknown[]> {
  const heard: unknown[] = [];
  const own = async (name: string): Promise<string> => {
    const { token, said } = await login(caller, name);
    const { header, claims } = token === '' ? { header: {}, claims: {} } : readToken(token);
    heard.push({ name, said, header, ...claims, exp: typeof claims['exp'] });
    return token;
  };
  const show = async (what: string, token: string): Promise<void> => {
    heard.push({ what, said: await showToken(caller, token) });
  };
  const manage = async <Q>(
    token: string,
    method: string,
    type: MessageType<Q>,
    request: Encodable<Q>,
  ): Promise<void> => {
    const said = await caller.say(`etcdserverpb.Auth/${method}`, type, request, { metadata: { token } });
    heard.push({ method, said });
  };

  heard.push(await login(caller, 'alice', 'wrong'), await login(caller, 'bob', ''));
  const alice = await own('alice');
  const root = await own('root');
  await show('alice', alice);
  await show('root', root);
  await manage(root, 'RoleAdd', auth.AUTH_ROLE_ADD_REQUEST, { name: 'new' });
  await show('alice, after a change', alice);
  await show('root, after a change', root);
  await show('alice, who has logged in anew', await own('alice'));
  const password = { name: 'alice', password: 'another' };
  await manage(root, 'UserChangePassword', auth.AUTH_USER_CHANGE_PASSWORD_REQUEST, password);
  await show('alice, whose password has changed', alice);
  // It defragments: without that 3.5 may treat a user that was just changed as one that still exists.
  await show('root, before a deletion', root);
  await manage(root, 'UserDelete', auth.AUTH_USER_DELETE_REQUEST, { name: 'alice' });
  await show('alice, who has been deleted', alice);
  await own('alice');
  await manage(alice, 'AuthDisable', auth.AUTH_DISABLE_REQUEST, {});
  await manage(root, 'AuthDisable', auth.AUTH_DISABLE_REQUEST, {});
  await show('root, with authentication off', root);
  await show('nobody, with authentication off', 'guessed');
  await own('root');
  await manage(root, 'AuthEnable', auth.AUTH_ENABLE_REQUEST, {});
  await show('root, with authentication on again', root);
  await show('root, who has logged in anew', await own('root'));
  return heard;
}
