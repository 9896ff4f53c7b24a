/** Permissions: which keys a user may read and write. */
import { expect, it } from 'vitest';
import { PERMISSION_TYPE } from '../../../sim/etcd/wire/auth.js';
import type { Etcd } from '../support/etcd.js';
import { refusalOf, DENIED, INVALID_MANAGEMENT } from '../support/refusal.js';
import type { Users } from '../support/users.js';

const { read, write, readWrite } = PERMISSION_TYPE;

export function permissionBehaviour(etcd: Etcd, users: Users): void {
  it('are unnecessary for root', async () => {
    await users.root.put(etcd.key('a'), 'one');
    expect((await users.root.range('\0', { rangeEnd: '\0', countOnly: true })).count).toBeGreaterThan(0);
  });

  it('of one key are for that key alone', async () => {
    await users.grant(readWrite, etcd.key('a'));
    await users.user.put(etcd.key('a'), 'one');
    expect(await refusalOf(users.user.put(etcd.key('ab')))).toEqual(DENIED);
    expect(await refusalOf(users.user.range(etcd.key('a'), { rangeEnd: etcd.key('b') }))).toEqual(DENIED);
  });

  it('to read do not allow writes, nor the other way round', async () => {
    await users.grant(read, etcd.key('r'));
    await users.grant(write, etcd.key('w'));
    expect(await refusalOf(users.user.put(etcd.key('r')))).toEqual(DENIED);
    expect(await refusalOf(users.user.range(etcd.key('w')))).toEqual(DENIED);
  });

  it('must cover a range completely, and may do so together', async () => {
    await users.grant(read, etcd.key('a'), etcd.key('c'));
    await users.grant(read, etcd.key('c'), etcd.key('e'));
    await users.user.range(etcd.key('a'), { rangeEnd: etcd.key('e') });
    expect(await refusalOf(users.user.range(etcd.key('a'), { rangeEnd: etcd.key('f') }))).toEqual(DENIED);
  });

  it('of all roles add up', async () => {
    const second = `${users.role}/second`;
    await users.management.roleAdd(second);
    await users.management.userGrantRole(users.name, second);
    await users.management.roleGrant(second, { permType: write, key: etcd.key('a') });
    await users.grant(read, etcd.key('a'));
    await users.user.put(etcd.key('a'), 'one', { prevKv: true });
  });

  it('from a key on cover ranges from that key on', async () => {
    await users.grant(read, etcd.key('b'), '\0');
    await users.user.range(etcd.key('c'), { rangeEnd: '\0' });
    expect(await refusalOf(users.user.range(etcd.key('a'), { rangeEnd: '\0' }))).toEqual(DENIED);
  });

  it('to write do not show previous values', async () => {
    await users.grant(write, etcd.prefix, etcd.prefixEnd);
    expect(await refusalOf(users.user.put(etcd.key('a'), '', { prevKv: true }))).toEqual(DENIED);
    expect(await refusalOf(users.user.deleteRange(etcd.key('a'), { prevKv: true }))).toEqual(DENIED);
    await users.user.deleteRange(etcd.key('a'));
  });

  it('are needed for both branches of a transaction, whichever runs', async () => {
    await users.grant(readWrite, etcd.key('a'));
    const allowed = { requestPut: { key: etcd.key('a') } };
    const denied = { requestPut: { key: etcd.key('b') } };
    await users.user.txn({ success: [allowed], failure: [allowed] });
    expect(await refusalOf(users.user.txn({ success: [allowed], failure: [denied] }))).toEqual(DENIED);
    const nested = { requestTxn: { success: [denied] } };
    expect(await refusalOf(users.user.txn({ success: [allowed, nested] }))).toEqual(DENIED);
  });

  it('to read are needed to compare', async () => {
    await users.grant(write, etcd.key('a'));
    const compare = [{ key: etcd.key('a'), target: 0, version: 0 }];
    expect(await refusalOf(users.user.txn({ compare }))).toEqual(DENIED);
  });

  it('do not let a user compact', async () => {
    await users.grant(readWrite, '\0', '\0');
    expect(await refusalOf(users.user.compact(1))).toEqual(DENIED);
  });

  it('must be ranges', async () => {
    expect(await refusalOf(users.management.roleGrant(users.role))).toEqual({
      code: 3,
      details: 'etcdserver: permission not given',
    });
    for (const [key, rangeEnd] of [
      ['', ''],
      ['b', 'a'],
      ['a', 'a'],
    ] as const) {
      const grant = users.management.roleGrant(users.role, { permType: read, key, rangeEnd });
      expect(await refusalOf(grant)).toEqual(INVALID_MANAGEMENT);
    }
  });

  it('are unique per range, in order of their keys', async () => {
    await users.grant(read, 'b');
    await users.grant(read, 'a', 'c');
    await users.grant(write, 'a', 'c');
    expect(await users.management.rolePermissions(users.role)).toEqual([
      { permType: write, key: 'a', rangeEnd: 'c' },
      { permType: read, key: 'b', rangeEnd: '' },
    ]);
  });

  it('are revoked range by range', async () => {
    await users.grant(read, etcd.key('a'));
    await users.management.roleRevoke(users.role, etcd.key('a'));
    expect(await refusalOf(users.user.range(etcd.key('a')))).toEqual(DENIED);
    expect(await refusalOf(users.management.roleRevoke(users.role, etcd.key('a')))).toEqual({
      code: 9,
      details: 'etcdserver: permission is not granted to the role',
    });
  });
}
