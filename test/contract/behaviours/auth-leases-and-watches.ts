/** The effect of permissions on leases, which have keys, and on watches, which last. */
import { expect, it } from 'vitest';
import { PERMISSION_TYPE } from '../../../sim/etcd/wire/auth.js';
import type { Etcd } from '../support/etcd.js';
import { refusalOf, DENIED } from '../support/refusal.js';
import type { Users } from '../support/users.js';

const { read, write, readWrite } = PERMISSION_TYPE;

const LONG_SECONDS = 120;

export function leasePermissionBehaviour(etcd: Etcd, users: Users): void {
  it('belong to no one, except for the keys attached to them', async () => {
    const { ID } = await users.user.grant(LONG_SECONDS);
    await users.root.put(etcd.key('a'), '', { lease: ID });
    expect(await refusalOf(users.user.revoke(ID))).toEqual(DENIED);
    expect(await refusalOf(users.user.keepAlive(ID))).toEqual(DENIED);
    expect(await refusalOf(users.user.timeToLive(ID, true))).toEqual(DENIED);
    expect(await refusalOf(users.user.leases())).toEqual(DENIED);
    expect(await users.user.timeToLive(ID)).toMatchObject({ grantedTTL: LONG_SECONDS });
    await users.root.revoke(ID);
  });

  it('accept a key only from a user that may write all their other keys', async () => {
    const { ID } = await users.user.grant(LONG_SECONDS);
    await users.grant(readWrite, etcd.key('mine'));
    await users.user.put(etcd.key('mine'), '', { lease: ID });
    await users.root.put(etcd.key('theirs'), '', { lease: ID });
    expect(await refusalOf(users.user.put(etcd.key('mine'), '', { lease: ID }))).toEqual(DENIED);
    await users.grant(write, etcd.key('theirs'));
    await users.user.revoke(ID);
  });
}

export function watchPermissionBehaviour(etcd: Etcd, users: Users): void {
  it('are refused when they are created, and the stream continues', async () => {
    await users.grant(read, etcd.key('a'));
    const stream = await users.user.watch();
    expect(await stream.create({ key: etcd.key('b') })).toMatchObject({
      watchId: -1n,
      created: true,
      canceled: true,
      cancelReason: 'rpc error: code = PermissionDenied desc = etcdserver: permission denied',
    });
    expect(await stream.create({ key: etcd.key('a') })).toMatchObject({ created: true, canceled: false });
    await users.root.put(etcd.key('a'), 'one');
    expect(await stream.told(1, etcd.prefix)).toEqual(['put a=one']);
  });

  it('continue when the permission is gone: it is checked once', async () => {
    await users.grant(read, etcd.key('a'));
    const stream = await users.user.watch({ key: etcd.key('a') });
    await users.management.roleRevoke(users.role, etcd.key('a'));
    await users.root.put(etcd.key('a'), 'one');
    expect(await stream.told(1, etcd.prefix)).toEqual(['put a=one']);
  });

  it('check the token with each watcher, not with the stream', async () => {
    await users.grant(read, etcd.key('a'));
    const stream = await users.user.watch({ key: etcd.key('a') });
    await users.management.userChangePassword(users.name, 'another');
    expect(await stream.create({ key: etcd.key('a') })).toMatchObject({
      canceled: true,
      cancelReason: 'rpc error: code = Unauthenticated desc = etcdserver: invalid auth token',
    });
  });
}
