/**
 * Requests as bytes: truncated messages, messages with extra bytes, or mere noise, to every method and to
 * some that do not exist. Invariant: none of them does anything that the comparison has to track (leases,
 * tokens, members, compactions). Methods that would do that get only bytes that are malformed in every
 * version.
 */
import fc from 'fast-check';
import * as auth from '../etcd/wire/auth.js';
import { PUT_REQUEST, RANGE_REQUEST, TXN_REQUEST } from '../etcd/wire/kv.js';
import { LEASE_REVOKE_REQUEST, LEASE_TIME_TO_LIVE_REQUEST } from '../etcd/wire/lease.js';
import { MalformedError } from '../etcd/wire/malformed-error.js';
import type { Dialect } from '../etcd/wire/reader.js';
import { STREAMS, UNARY, type Codec, type Command } from './command.js';
import * as requests from './draw-requests.js';
import { resolve } from './symbolic-values.js';

/** Any answer of these can be compared. */
const FOLLOWED = [
  'KV/Range',
  'KV/Put',
  'KV/DeleteRange',
  'KV/Txn',
  'Lease/LeaseRevoke',
  'Lease/LeaseTimeToLive',
  'Lease/LeaseLeases',
  'Cluster/MemberList',
  'Auth/UserGet',
  'Auth/UserList',
  'Auth/UserRevokeRole',
  'Auth/RoleGet',
  'Auth/RoleRevokePermission',
  'v3electionpb.Election/Leader',
  'KV/Nothing',
  'Nobody/Nothing',
] as const;

const METHODS: Readonly<Record<string, Codec>> = { ...UNARY, ...STREAMS };

/** Valid messages of other methods: with unknown fields, or with known ones of other types. */
const honest: fc.Arbitrary<Buffer> = fc.oneof(
  requests.put.map((one) => PUT_REQUEST.encode(plain(one))),
  requests.range.map((one) => RANGE_REQUEST.encode(plain(one))),
  requests.txn.map((one) => TXN_REQUEST.encode(plain(one))),
  requests.leaseRevoke.map((one) => LEASE_REVOKE_REQUEST.encode(plain(one))),
  requests.leaseTimeToLive.map((one) => LEASE_TIME_TO_LIVE_REQUEST.encode(plain(one))),
  fc.constantFrom('', 'alice', 'ålice').map((name) => auth.AUTH_USER_GET_REQUEST.encode({ name })),
  fc
    .constantFrom('', 'b')
    .map((rangeEnd) => auth.AUTH_ROLE_REVOKE_PERMISSION_REQUEST.encode({ role: 'r', key: 'a', rangeEnd })),
);

const bytes: fc.Arbitrary<Buffer> = fc
  .record({ honest, length: fc.nat(60), noise: fc.array(fc.nat(255), { maxLength: 8 }) })
  .map(({ honest: one, length, noise }) => Buffer.concat([one.subarray(0, length), Buffer.from(noise)]));

/** One such request. */
export function rawCommand(client: fc.Arbitrary<number>): fc.Arbitrary<Command> {
  const followed = fc.record({ client, method: fc.constantFrom<string>(...FOLLOWED), message: bytes });
  const anywhere = fc
    .record({ client, method: fc.constantFrom(...Object.keys(METHODS)), message: bytes })
    .map((one) => (isNoMessage(one.method, one.message) ? one : { ...one, message: CUT_OFF }));
  return fc
    .oneof({ withCrossShrink: true }, { weight: 2, arbitrary: followed }, { weight: 1, arbitrary: anywhere })
    .map(({ client: one, method, message }) => ({
      kind: 'raw',
      client: one,
      method,
      message: message.toString('latin1'),
    }));
}

/** A tag without the announced content. */
const CUT_OFF = Buffer.from([0x0a]);

const DIALECTS: readonly Dialect[] = ['gogo/protobuf', 'protobuf-go'];

function isNoMessage(method: string, message: Uint8Array): boolean {
  return DIALECTS.every((dialect) => {
    try {
      METHODS[method]?.request.decode(message, dialect);
      return false;
    } catch (error) {
      if (error instanceof MalformedError) return true;
      throw error;
    }
  });
}

/** Without symbols, for a message that must be bytes before the start of its sequence is known. */
function plain(request: object): never {
  return resolve(request, {
    startRevision: 1,
    requestIdBytes: 9,
    leases: [],
    chosenByServer: new Set(),
    tokens: [],
    startAuthRevision: 1,
    firstMember: 0n,
    members: [],
    peerUrl: '',
    run: 0,
  }) as never;
}
