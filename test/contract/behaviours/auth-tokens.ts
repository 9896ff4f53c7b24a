/** Tokens: how a client identifies itself. */
import { expect, it } from 'vitest';
import { PERMISSION_TYPE } from '../../../sim/etcd/wire/auth.js';
import { AuthClient } from '../support/auth-client.js';
import type { Etcd } from '../support/etcd.js';
import { refusalOf, DENIED, USER_EMPTY, INVALID_TOKEN, AUTH_FAILED } from '../support/refusal.js';
import type { Users } from '../support/users.js';

const { read } = PERMISSION_TYPE;

const LONG_SECONDS = 120;

export function tokenBehaviour(etcd: Etcd, users: Users): void {
  const auth = (): AuthClient => new AuthClient(etcd.raw);

  it('are required by every request', async () => {
    const { raw } = etcd;
    expect(await refusalOf(raw.range(etcd.key('a')))).toEqual(USER_EMPTY);
    expect(await refusalOf(raw.put(etcd.key('a')))).toEqual(USER_EMPTY);
    expect(await refusalOf(raw.grant(LONG_SECONDS))).toEqual(USER_EMPTY);
    expect(await refusalOf(raw.leases())).toEqual(USER_EMPTY);
    expect(await refusalOf(raw.status())).toEqual(USER_EMPTY);
    expect(await refusalOf(auth().users())).toEqual(USER_EMPTY);
  });

  it('are refused if etcd did not issue them', async () => {
    for (const token of ['', 'guessed', 'guessed.1', 'guessed.1.2', `x${users.token}`]) {
      expect(await refusalOf(etcd.raw.by({ token }).range(etcd.key('a')))).toEqual(INVALID_TOKEN);
    }
  });

  it('name a log index, for which a member waits before it looks them up', async () => {
    const index = Number(users.token.split('.')[1]);
    const refusal = refusalOf(etcd.raw.by({ token: `guessed.${index + 20}` }).range(etcd.key('a')));
    for (let entry = 0; entry < 25; entry++) await users.root.put(etcd.key('a'));
    expect(await refusal).toEqual(INVALID_TOKEN);
  });

  it('may be sent as HTTP clients send them', async () => {
    const { token } = users;
    for (const metadata of [{ authorization: token }, { authorization: `Bearer ${token}` }]) {
      expect(await refusalOf(etcd.raw.by(metadata).range(etcd.key('a')))).toEqual(DENIED);
    }
  });

  it('are issued for the right password alone', async () => {
    expect(await refusalOf(auth().authenticate(users.name, 'wrong'))).toEqual(AUTH_FAILED);
    expect(await refusalOf(auth().authenticate('nobody', 'password'))).toEqual(AUTH_FAILED);
  });

  it('are not issued to users without a password', async () => {
    await users.management.userAdd(`${users.name}/none`, '', { options: { noPassword: true } });
    expect(await refusalOf(auth().authenticate(`${users.name}/none`, ''))).toEqual({
      code: 2,
      details: 'auth: authentication failed, password was given for no password user',
    });
  });

  it('may be several for one user, and all are valid', async () => {
    const another = await auth().authenticate(users.name, 'password');
    expect(another).not.toBe(users.token);
    for (const token of [another, users.token]) {
      const roles = await new AuthClient(etcd.raw.by({ token })).userRoles(users.name);
      expect(roles).toEqual([users.role]);
    }
  });

  it('become invalid when the password changes', async () => {
    await users.management.userChangePassword(users.name, 'another');
    expect(await refusalOf(users.user.range(etcd.key('a')))).toEqual(INVALID_TOKEN);
    expect(await refusalOf(auth().authenticate(users.name, 'password'))).toEqual(AUTH_FAILED);
    await auth().authenticate(users.name, 'another');
  });

  it('become invalid when the user is deleted', async () => {
    await users.management.userDelete(users.name);
    expect(await refusalOf(users.user.range(etcd.key('a')))).toEqual(INVALID_TOKEN);
  });

  it('stay valid when roles and permissions change, which take effect at once', async () => {
    expect(await refusalOf(users.user.range(etcd.key('a')))).toEqual(DENIED);
    await users.grant(read, etcd.key('a'));
    await users.user.range(etcd.key('a'));
    await users.management.userRevokeRole(users.name, users.role);
    expect(await refusalOf(users.user.range(etcd.key('a')))).toEqual(DENIED);
  });
}
