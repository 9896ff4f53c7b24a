/** Requests that a user may not make are refused before anything is done. */
import { describe, expect, it } from 'vitest';
import * as permit from '../../sim/etcd/auth/permit.js';
import { AuthStore } from '../../sim/etcd/auth/auth-store.js';
import { ERRORS } from '../../sim/etcd/errors.js';
import { Lessor } from '../../sim/etcd/lease/lessor.js';
import type { StateMachine } from '../../sim/etcd/state-machine.js';
import { VERSIONS, type EtcdVersion } from '../../sim/etcd/version.js';
import { PERMISSION_TYPE } from '../../sim/etcd/wire/auth.js';
import {
  DELETE_RANGE_REQUEST,
  PUT_REQUEST,
  RANGE_REQUEST,
  TXN_REQUEST,
  type DeleteRangeRequest,
  type PutRequest,
  type TxnRequest,
} from '../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../sim/etcd/wire/message.js';

const LEASE = 7n;
const OPEN_LEASE = 8n;

/** Alice may read `r`, write `w` and both of `b`; lease 7 has the keys `b` and `x`, lease 8 the key `b`. */
function machineOf(version: EtcdVersion, isEnabled = true) {
  const auth = new AuthStore(VERSIONS[version].auth, () => undefined);
  const add = (name: string, role: string) => {
    auth.userAdd({ name, password: name, options: undefined, hashedPassword: '' });
    auth.userGrantRole(name, role);
  };
  auth.roleAdd('own');
  const { read, write, readWrite } = PERMISSION_TYPE;
  for (const [key, permType] of [
    ['r', read],
    ['w', write],
    ['b', readWrite],
  ] as const) {
    auth.roleGrantPermission({ name: 'own', perm: { permType, key, rangeEnd: '' } });
  }
  add('root', 'root');
  add('alice', 'own');
  if (isEnabled) auth.enable();
  const lessor = new Lessor(() => undefined);
  for (const lease of [LEASE, OPEN_LEASE]) lessor.grant(lease, 60, 0);
  lessor.attach(LEASE, 'b');
  lessor.attach(LEASE, 'x');
  lessor.attach(OPEN_LEASE, 'b');
  return { auth, lessor, rules: VERSIONS[version] } as unknown as StateMachine;
}

/** Asks as alice; true where it is refused. */
function asker(version: EtcdVersion = '3.6', user = 'alice', isEnabled = true) {
  const machine = machineOf(version, isEnabled);
  const who = { user, authRevision: isEnabled ? machine.auth.revision : 0 };
  return {
    range: (key: string, rangeEnd?: string) =>
      permit.refuseRange(machine, who, RANGE_REQUEST.decode(RANGE_REQUEST.encode({ key, rangeEnd }))) !==
      undefined,
    put: (request: Encodable<PutRequest>) =>
      permit.refusePut(machine, who, PUT_REQUEST.decode(PUT_REQUEST.encode(request))) !== undefined,
    del: (request: Encodable<DeleteRangeRequest>) =>
      permit.refuseDeleteRange(
        machine,
        who,
        DELETE_RANGE_REQUEST.decode(DELETE_RANGE_REQUEST.encode(request)),
      ) !== undefined,
    txn: (request: Encodable<TxnRequest>) =>
      permit.refuseTxn(machine, who, TXN_REQUEST.decode(TXN_REQUEST.encode(request))) !== undefined,
    change: (lease: bigint) => permit.refuseLeaseChange(machine, who, lease) !== undefined,
    keys: (lease: bigint) => permit.refuseLeaseKeys(machine, who, lease) !== undefined,
  };
}

describe('with authentication on', () => {
  const { range, put, del, txn, change, keys } = asker();

  it('a range needs all its keys to be readable', () => {
    expect([range('r'), range('b'), range('w'), range('b', 'c'), range('b', 'b\0')]).toEqual([
      ...[false, false, true],
      ...[true, false],
    ]);
  });

  it('a put needs the key to be writable, and readable where it shows what was before', () => {
    expect([put({ key: 'w' }), put({ key: 'b' }), put({ key: 'r' })]).toEqual([false, false, true]);
    expect([put({ key: 'w', prevKv: true }), put({ key: 'b', prevKv: true })]).toEqual([true, false]);
  });

  it('a put with a lease needs every key of the lease to be writable', () => {
    expect(put({ key: 'w', lease: LEASE })).toBe(true);
    expect(put({ key: 'w', lease: OPEN_LEASE })).toBe(false);
    expect(put({ key: 'w', lease: 99n })).toBe(false);
  });

  it('a delete needs all keys to be writable, and readable where it shows what was before', () => {
    expect([del({ key: 'w' }), del({ key: 'r' }), del({ key: 'w', rangeEnd: 'x' })]).toEqual([
      ...[false, true, true],
    ]);
    expect([del({ key: 'w', prevKv: true }), del({ key: 'b', prevKv: true })]).toEqual([true, false]);
    expect(del({ key: 'b', rangeEnd: 'b\0', prevKv: true })).toBe(false);
  });

  it('a transaction needs what its comparisons and both its branches need', () => {
    expect(txn({})).toBe(false);
    expect([txn({ compare: [{ key: 'r' }] }), txn({ compare: [{ key: 'r' }, { key: 'w' }] })]).toEqual([
      ...[false, true],
    ]);
    expect(txn({ compare: [{ key: 'r', rangeEnd: 's' }] })).toBe(true);
    for (const [key, refused] of [
      ['b', false],
      ['x', true],
    ] as const) {
      for (const operation of [
        { requestRange: { key } },
        { requestPut: { key } },
        { requestDeleteRange: { key } },
        { requestTxn: { success: [{ requestRange: { key } }] } },
      ]) {
        expect(txn({ success: [{ requestRange: { key: 'r' } }, operation] })).toBe(refused);
        expect(txn({ failure: [operation] })).toBe(refused);
      }
    }
    expect(txn({ success: [{}] })).toBe(false);
  });

  it('a lease is changed by those who may write its keys, and its keys shown to those who may read them', () => {
    expect([change(LEASE), change(OPEN_LEASE), change(99n)]).toEqual([true, false, false]);
    expect([keys(LEASE), keys(OPEN_LEASE), keys(99n)]).toEqual([true, false, false]);
  });

  it('root may change any lease, also with a token from before users or roles changed', () => {
    const machine = machineOf('3.6');
    const before = { user: 'root', authRevision: machine.auth.revision - 1 };
    expect(permit.refuseLeaseChange(machine, before, LEASE)).toBeUndefined();
    expect(permit.refuseLeaseKeys(machine, before, LEASE)).toBeUndefined();
    expect(permit.refusePut(machine, before, PUT_REQUEST.decode(new Uint8Array()))).toMatchObject({
      error: ERRORS.authOldRevision,
    });
  });

  it('root may do everything', () => {
    const root = asker('3.6', 'root');
    expect([root.change(LEASE), root.keys(LEASE), root.put({ key: 'z', lease: LEASE })]).toEqual([
      ...[false, false, false],
    ]);
    expect(root.txn({ compare: [{ key: 'z' }], success: [{ requestDeleteRange: { key: 'z' } }] })).toBe(
      false,
    );
  });
});

it.each([
  ['3.4', false],
  ['3.5', false],
  ['3.6', true],
  ['3.7', true],
] as const)('etcd %s looks at all of a transaction: %s', (version, checksAll) => {
  const { txn } = asker(version);
  expect(txn({ success: [{ requestPut: { key: 'w', lease: LEASE } }] })).toBe(checksAll);
  expect(txn({ success: [{ requestPut: { key: 'w', prevKv: true } }] })).toBe(checksAll);
  expect(txn({ success: [{ requestPut: { key: 'x' } }] })).toBe(true);
  expect(txn({ success: [{ requestTxn: { success: [{ requestPut: { key: 'x' } }] } }] })).toBe(checksAll);
});

it('with authentication off nothing is refused', () => {
  const { range, put, del, txn, change, keys } = asker('3.6', '', false);
  expect([
    range('x'),
    put({ key: 'x', lease: LEASE, prevKv: true }),
    del({ key: 'x', prevKv: true }),
  ]).toEqual([...[false, false, false]]);
  expect(txn({ compare: [{ key: 'x' }], success: [{ requestPut: { key: 'x' } }] })).toBe(false);
  expect([change(LEASE), keys(LEASE)]).toEqual([false, false]);
});
