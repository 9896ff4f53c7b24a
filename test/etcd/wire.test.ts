import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { byteStringOf } from '../../sim/etcd/byte-string.js';
import * as auth from '../../sim/etcd/wire/auth.js';
import { STATUS_RESPONSE } from '../../sim/etcd/wire/maintenance.js';
import * as kv from '../../sim/etcd/wire/kv.js';
import { LEASE_GRANT_REQUEST, LEASE_TIME_TO_LIVE_RESPONSE } from '../../sim/etcd/wire/lease.js';
import { MalformedError } from '../../sim/etcd/wire/malformed-error.js';
import type { MessageType } from '../../sim/etcd/wire/message.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../sim/etcd/wire/watch.js';

/** etcd3's own description of the API, read by protobufjs: a second implementation of every message. */
const etcd3 = dirname(createRequire(import.meta.url).resolve('etcd3/package.json'));
const root = protobuf.loadSync(join(etcd3, 'proto/rpc.proto'));

const CASES: readonly [string, MessageType<unknown>][] = [
  ['RangeRequest', kv.RANGE_REQUEST],
  ['RangeResponse', kv.RANGE_RESPONSE],
  ['PutRequest', kv.PUT_REQUEST],
  ['PutResponse', kv.PUT_RESPONSE],
  ['DeleteRangeRequest', kv.DELETE_RANGE_REQUEST],
  ['DeleteRangeResponse', kv.DELETE_RANGE_RESPONSE],
  ['TxnRequest', kv.TXN_REQUEST],
  ['TxnResponse', kv.TXN_RESPONSE],
  ['CompactionRequest', kv.COMPACTION_REQUEST],
  ['WatchRequest', WATCH_REQUEST],
  ['WatchResponse', WATCH_RESPONSE],
  ['LeaseGrantRequest', LEASE_GRANT_REQUEST],
  ['LeaseTimeToLiveResponse', LEASE_TIME_TO_LIVE_RESPONSE],
  ['StatusResponse', STATUS_RESPONSE],
  ['AuthEnableRequest', auth.AUTH_ENABLE_REQUEST],
  ['AuthEnableResponse', auth.AUTH_ENABLE_RESPONSE],
  ['AuthDisableRequest', auth.AUTH_DISABLE_REQUEST],
  ['AuthDisableResponse', auth.AUTH_DISABLE_RESPONSE],
  ['AuthStatusRequest', auth.AUTH_STATUS_REQUEST],
  ['AuthStatusResponse', auth.AUTH_STATUS_RESPONSE],
  ['AuthenticateRequest', auth.AUTHENTICATE_REQUEST],
  ['AuthenticateResponse', auth.AUTHENTICATE_RESPONSE],
  ['AuthUserAddRequest', auth.AUTH_USER_ADD_REQUEST],
  ['AuthUserAddResponse', auth.AUTH_USER_ADD_RESPONSE],
  ['AuthUserGetRequest', auth.AUTH_USER_GET_REQUEST],
  ['AuthUserGetResponse', auth.AUTH_USER_GET_RESPONSE],
  ['AuthUserListRequest', auth.AUTH_USER_LIST_REQUEST],
  ['AuthUserListResponse', auth.AUTH_USER_LIST_RESPONSE],
  ['AuthUserDeleteRequest', auth.AUTH_USER_DELETE_REQUEST],
  ['AuthUserDeleteResponse', auth.AUTH_USER_DELETE_RESPONSE],
  ['AuthUserChangePasswordRequest', auth.AUTH_USER_CHANGE_PASSWORD_REQUEST],
  ['AuthUserChangePasswordResponse', auth.AUTH_USER_CHANGE_PASSWORD_RESPONSE],
  ['AuthUserGrantRoleRequest', auth.AUTH_USER_GRANT_ROLE_REQUEST],
  ['AuthUserGrantRoleResponse', auth.AUTH_USER_GRANT_ROLE_RESPONSE],
  ['AuthUserRevokeRoleRequest', auth.AUTH_USER_REVOKE_ROLE_REQUEST],
  ['AuthUserRevokeRoleResponse', auth.AUTH_USER_REVOKE_ROLE_RESPONSE],
  ['AuthRoleAddRequest', auth.AUTH_ROLE_ADD_REQUEST],
  ['AuthRoleAddResponse', auth.AUTH_ROLE_ADD_RESPONSE],
  ['AuthRoleGetRequest', auth.AUTH_ROLE_GET_REQUEST],
  ['AuthRoleGetResponse', auth.AUTH_ROLE_GET_RESPONSE],
  ['AuthRoleListRequest', auth.AUTH_ROLE_LIST_REQUEST],
  ['AuthRoleListResponse', auth.AUTH_ROLE_LIST_RESPONSE],
  ['AuthRoleDeleteRequest', auth.AUTH_ROLE_DELETE_REQUEST],
  ['AuthRoleDeleteResponse', auth.AUTH_ROLE_DELETE_RESPONSE],
  ['AuthRoleGrantPermissionRequest', auth.AUTH_ROLE_GRANT_PERMISSION_REQUEST],
  ['AuthRoleGrantPermissionResponse', auth.AUTH_ROLE_GRANT_PERMISSION_RESPONSE],
  ['AuthRoleRevokePermissionRequest', auth.AUTH_ROLE_REVOKE_PERMISSION_REQUEST],
  ['AuthRoleRevokePermissionResponse', auth.AUTH_ROLE_REVOKE_PERMISSION_RESPONSE],
];

const INT64 = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

/** Draws a message as plain data that protobufjs can encode. */
function arbitraryOf(type: protobuf.Type, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of type.fieldsArray) {
    field.resolve();
    const value = valueOf(field, depth);
    if (value !== undefined) fields[field.name] = field.repeated ? fc.array(value, { maxLength: 3 }) : value;
  }
  return fc.record(fields, { requiredKeys: [] }).map((drawn) => {
    for (const oneof of type.oneofsArray) {
      const set = oneof.oneof.filter((member) => drawn[member] !== undefined);
      // A client sets one of them; to etcd it makes no difference whether it set the default.
      for (const [index, name] of set.entries()) if (index > 0 || isDefault(drawn[name])) delete drawn[name];
    }
    return drawn;
  });
}

function isDefault(value: unknown): boolean {
  return value === '0' || (value instanceof Uint8Array && value.length === 0);
}

function valueOf(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> | undefined {
  const { resolvedType } = field;
  if (resolvedType instanceof protobuf.Type)
    return depth > 0 ? arbitraryOf(resolvedType, depth - 1) : undefined;
  if (resolvedType instanceof protobuf.Enum) return fc.constantFrom(...Object.values(resolvedType.values));
  switch (field.type) {
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value));
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 10 });
    case 'bool':
      return fc.boolean();
    case 'int64':
      return INT64.map(String);
    default:
      return INT64.map((value) => String(BigInt.asUintN(64, BigInt(value))));
  }
}

test.each(CASES)('%s is read and written as protobufjs reads and writes it', (name, type) => {
  const reference = root.lookupType(`etcdserverpb.${name}`);
  fc.assert(
    fc.property(arbitraryOf(reference, 4), (drawn) => {
      const bytes = reference.encode(reference.fromObject(drawn)).finish();
      const written = type.encode(type.decode(bytes));
      // Quantities above 2^53 are rounded, so the comparison uses what both make of the same rounded values.
      const options = { longs: Number, bytes: String, defaults: true, arrays: true } as const;
      const plain = (encoded: Uint8Array): unknown => reference.toObject(reference.decode(encoded), options);
      expect(plain(written)).toEqual(plain(bytes));
      expect(type.sizeOf(type.decode(written) as never)).toBe(written.length);
      expect(Buffer.compare(type.encode(type.decode(written) as never), written)).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('identifiers are exact over 64 bits', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (ID) => {
      expect(LEASE_GRANT_REQUEST.decode(LEASE_GRANT_REQUEST.encode({ ID })).ID).toBe(ID);
    }),
  );
});

test('quantities are exact up to 2^53 and keep their sign beyond', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (TTL) => {
      expect(LEASE_GRANT_REQUEST.decode(LEASE_GRANT_REQUEST.encode({ TTL })).TTL).toBe(TTL);
    }),
  );
  const least = Buffer.from([0x08, ...Array<number>(9).fill(0x80), 0x01]);
  expect(LEASE_GRANT_REQUEST.decode(least).TTL).toBe(-(2 ** 63));
});

test('any bytes make a byte string and come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (value) => {
      const key = byteStringOf(value);
      expect(kv.PUT_REQUEST.decode(kv.PUT_REQUEST.encode({ key })).key).toBe(key);
    }),
  );
});

test('an empty range end on the wire is not an absent one', () => {
  expect(kv.RANGE_REQUEST.decode(Buffer.from([0x0a, 1, 97])).rangeEnd).toBeUndefined();
  expect(kv.RANGE_REQUEST.decode(Buffer.from([0x0a, 1, 97, 0x12, 0])).rangeEnd).toBe('');
});

test('a hashed password, which the description of etcd3 does not have yet, has the numbers of etcd 3.5', () => {
  const user = auth.AUTH_USER_ADD_REQUEST.encode({ hashedPassword: 'h' });
  expect([...user]).toEqual([(4 << 3) | 2, 1, 104]);
  const change = auth.AUTH_USER_CHANGE_PASSWORD_REQUEST.encode({ hashedPassword: 'h' });
  expect([...change]).toEqual([(3 << 3) | 2, 1, 104]);
});

test('unknown fields are skipped', () => {
  const unknown = [0xf8, 0x07, 1, 0xfa, 0x07, 2, 9, 9, 0xfd, 0x07, 1, 2, 3, 4];
  expect(kv.PUT_REQUEST.decode(Buffer.from([...unknown, 0x0a, 1, 97])).key).toBe('a');
});

test.each([
  ['unexpected EOF', [0x0a, 5, 1]],
  ['unexpected EOF', [0x0a]],
  ['proto: wrong wireType = 0 for field Key', [0x08, 1]],
  ['proto: PutRequest: illegal tag 0 (wire type 2)', [0x02]],
  ['proto: PutRequest: wiretype end group for non-group', [0x0c]],
  ['proto: illegal wireType 7', [0xff, 0x07]],
  ['proto: integer overflow', [0x18, ...Array<number>(11).fill(0xff)]],
])('malformed bytes are refused: %s', (text, bytes) => {
  expect(() => kv.PUT_REQUEST.decode(Buffer.from(bytes))).toThrow(new MalformedError(text));
});
