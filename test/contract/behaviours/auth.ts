/**
 * Authentication: users, roles, permissions and tokens. It applies to a whole etcd, so these behaviours have
 * one of their own, in which it is off at first, then on, then off again.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PERMISSION_TYPE } from '../../../sim/etcd/wire/auth.js';
import { AuthClient } from '../support/auth-client.js';
import { useEtcd, type Etcd } from '../support/etcd.js';
import { refusalOf } from '../support/refusal.js';
import type { Target } from '../support/target.js';
import { Users } from '../support/users.js';
import { leasePermissionBehaviour, watchPermissionBehaviour } from './auth-leases-and-watches.js';
import { managementBehaviour } from './auth-management.js';
import { permissionBehaviour } from './auth-permissions.js';
import { tokenBehaviour } from './auth-tokens.js';

export function authBehaviour(target: Target): void {
  const etcd = useEtcd(target);
  describe('while it is off', () => offBehaviour(etcd));
  describe('while it is on', () => {
    const users = new Users(etcd);
    beforeAll(() => users.enable());
    afterAll(() => users.disable());
    // Each test has a user of its own, whose only role has no permission yet.
    beforeEach(() => users.addOne());
    describe('tokens', () => tokenBehaviour(etcd, users));
    describe('permissions', () => permissionBehaviour(etcd, users));
    describe('leases', () => leasePermissionBehaviour(etcd, users));
    describe('watches', () => watchPermissionBehaviour(etcd, users));
    describe('management', () => managementBehaviour(etcd, users));
  });
  describe('when it is off again', () => {
    it('lets every client do everything, with any credentials', async () => {
      await etcd.raw.put(etcd.key('a'), 'one');
      const { kvs } = await etcd.raw.by({ token: 'no.1' }).range(etcd.key('a'));
      expect(kvs[0]?.value).toBe('one');
    });
  });
}

function offBehaviour(etcd: Etcd): void {
  it('issues no tokens', async () => {
    expect(await refusalOf(new AuthClient(etcd.raw).authenticate('root', ''))).toEqual({
      code: 9,
      details: 'etcdserver: authentication is not enabled',
    });
  });

  it('cannot be turned on before there is a user root with the role root', async () => {
    const auth = new AuthClient(etcd.raw);
    expect(await refusalOf(auth.enable())).toEqual({
      code: 9,
      details: 'etcdserver: root user does not exist',
    });
    await auth.userAdd('root', '');
    expect(await refusalOf(auth.enable())).toEqual({
      code: 9,
      details: 'etcdserver: root user does not have root role',
    });
    await auth.userDelete('root');
    expect(await auth.status()).toMatchObject({ enabled: false });
  });

  it('counts every change of users and roles', async () => {
    const auth = new AuthClient(etcd.raw);
    const { authRevision: before } = await auth.status();
    await auth.roleAdd('role');
    await auth.roleGrant('role', { permType: PERMISSION_TYPE.read, key: 'a' });
    await auth.roleDelete('role');
    expect((await auth.status()).authRevision).toBe(before + 3);
  });
}
