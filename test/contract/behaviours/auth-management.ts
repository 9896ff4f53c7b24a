/** The management of users and roles, and its refused requests. */
import { expect, it } from 'vitest';
import { PERMISSION_TYPE } from '../../../sim/etcd/wire/auth.js';
import { AuthClient } from '../support/auth-client.js';
import type { Etcd } from '../support/etcd.js';
import { refusalOf, DENIED, USER_EMPTY, AUTH_FAILED, INVALID_MANAGEMENT } from '../support/refusal.js';
import type { Users } from '../support/users.js';

const { readWrite } = PERMISSION_TYPE;

const NOT_FOUND = { code: 9, details: 'etcdserver: user name not found' };

export function managementBehaviour(etcd: Etcd, users: Users): void {
  it('is for root, except what users ask about themselves', async () => {
    const auth = new AuthClient(users.user);
    expect(await auth.userRoles(users.name)).toEqual([users.role]);
    expect(await auth.rolePermissions(users.role)).toEqual([]);
    expect(await refusalOf(auth.userRoles('root'))).toEqual(DENIED);
    expect(await refusalOf(auth.rolePermissions('root'))).toEqual(DENIED);
    expect(await refusalOf(auth.users())).toEqual(DENIED);
    expect(await refusalOf(auth.userGrantRole(users.name, 'root'))).toEqual(DENIED);
    expect(await refusalOf(auth.disable())).toEqual(DENIED);
  });

  it('does not take the role from root itself', async () => {
    const { management } = users;
    expect(await refusalOf(management.userDelete('root'))).toEqual(INVALID_MANAGEMENT);
    expect(await refusalOf(management.roleDelete('root'))).toEqual(INVALID_MANAGEMENT);
    expect(await refusalOf(management.userRevokeRole('root', 'root'))).toEqual(INVALID_MANAGEMENT);
  });

  it('shows all keys for the role root, once it exists', async () => {
    const { management } = users;
    expect(await refusalOf(management.rolePermissions('root'))).toEqual({
      code: 9,
      details: 'etcdserver: role name not found',
    });
    await management.roleAdd('root');
    const all = { permType: readWrite, key: '', rangeEnd: '\0' };
    expect(await management.rolePermissions('root')).toEqual([all]);
  });

  it('lists users and roles in order', async () => {
    const { management, name, role } = users;
    for (const suffix of ['/b', '/a', '/é']) {
      await management.userAdd(name + suffix, '');
      await management.roleAdd(role + suffix);
    }
    const ours = (list: readonly string[], prefix: string): string[] =>
      list.filter((one) => one.startsWith(`${prefix}/`));
    const suffixes = ['/a', '/b', '/é'];
    expect(ours(await management.users(), name)).toEqual(suffixes.map((suffix) => name + suffix));
    expect(ours(await management.roles(), role)).toEqual(suffixes.map((suffix) => role + suffix));
  });

  it('takes a deleted role from all users', async () => {
    const { management, name, role } = users;
    await management.roleDelete(role);
    expect(await management.userRoles(name)).toEqual([]);
    await management.roleAdd(role);
    expect(await management.userRoles(name)).toEqual([]);
  });

  it('grants a role twice without an error', async () => {
    const { management, name, role } = users;
    const { authRevision } = await management.status();
    await management.userGrantRole(name, role);
    expect((await management.status()).authRevision).toBe(authRevision);
  });

  it('refuses duplicates and missing names', async () => {
    const { management, name, role } = users;
    expect(await refusalOf(management.userAdd(name, ''))).toEqual({
      code: 9,
      details: 'etcdserver: user name already exists',
    });
    expect(await refusalOf(management.roleAdd(role))).toEqual({
      code: 9,
      details: 'etcdserver: role name already exists',
    });
    expect(await refusalOf(management.userAdd('', ''))).toEqual(USER_EMPTY);
    expect(await refusalOf(management.roleAdd(''))).toEqual({
      code: 3,
      details: 'etcdserver: role name is empty',
    });
    expect(await refusalOf(management.userDelete('nobody'))).toEqual(NOT_FOUND);
    expect(await refusalOf(management.userChangePassword('nobody', ''))).toEqual(NOT_FOUND);
    expect(await refusalOf(management.userGrantRole(name, 'none'))).toEqual({
      code: 9,
      details: 'etcdserver: role name not found',
    });
    expect(await refusalOf(management.userRevokeRole(name, 'none'))).toEqual({
      code: 9,
      details: 'etcdserver: role is not granted to the user',
    });
  });

  it('accepts no password of more than 72 bytes, and compares no more', async () => {
    const { management, name } = users;
    expect(await refusalOf(management.userChangePassword(name, 'x'.repeat(73)))).toEqual({
      code: 2,
      details: 'bcrypt: password length exceeds 72 bytes',
    });
    await management.userChangePassword(name, 'x'.repeat(72));
    await new AuthClient(etcd.raw).authenticate(name, 'x'.repeat(80));
  });

  it('locks a user out with an empty password', async () => {
    const { management, name } = users;
    await management.userChangePassword(name, '');
    expect(await refusalOf(new AuthClient(etcd.raw).authenticate(name, ''))).toEqual(AUTH_FAILED);
  });
}
