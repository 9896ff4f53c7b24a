/** The depth of a client's nested messages does not matter: the answer is the version's, at any depth. */
import { describe, expect, it } from 'vitest';
import { costOfTxn } from '../../sim/etcd/quota/quota.js';
import { etcdVersions, VERSIONS, type EtcdVersion } from '../../sim/etcd/version.js';
import { AUTH_USER_ADD_REQUEST } from '../../sim/etcd/wire/auth.js';
import { RANGE_REQUEST, TXN_REQUEST, TXN_RESPONSE, type TxnRequest } from '../../sim/etcd/wire/kv.js';
import { TestCall, TestCluster } from './harness.js';
import { field, nestedGroups, nestedTxn } from './raw-message.js';

function answerTo(version: EtcdVersion, bytes: Uint8Array): string {
  const { cluster } = new TestCluster({ version });
  const [member] = cluster.members;
  if (member === undefined) throw new Error('no member');
  const call = new TestCall(member, '/etcdserverpb.KV/Txn', TXN_REQUEST, TXN_RESPONSE);
  call.server.message(bytes);
  return call.status === undefined ? 'nothing' : `${call.status.code} ${call.status.details}`;
}

const TOO_MANY = '3 etcdserver: too many operations in txn request';
const UNREADABLE = '13 grpc: error unmarshalling request: ';
const TOO_DEEP = `${UNREADABLE}proto:\u00a0exceeded maximum recursion depth`;

describe.each(etcdVersions)('etcd %s', (version) => {
  const isStrict = version === '3.7';

  it.each<[number, string]>([
    [128, '0 '],
    [129, TOO_MANY],
    [4999, TOO_MANY],
    [5000, isStrict ? TOO_DEEP : TOO_MANY],
    [60_000, isStrict ? TOO_DEEP : TOO_MANY],
  ])('receives a transaction within %i others', (depth, answer) => {
    expect(answerTo(version, nestedTxn(depth))).toBe(answer);
  });

  it.each([1, 200, 4_000])('reads a transaction within %i others to its end', (depth) => {
    const malformed = isStrict ? 'proto:\u00a0cannot parse invalid wire-format data' : 'unexpected EOF';
    expect(answerTo(version, nestedTxn(depth, Buffer.from([0x0a, 0x05])))).toBe(UNREADABLE + malformed);
  });

  it('reports the first error', () => {
    const putsEmptyKey = field(2, field(2, field(1, Buffer.alloc(0))));
    const deep = nestedTxn(200);
    const first = answerTo(version, Buffer.concat([putsEmptyKey, deep]));
    expect(first).toBe('3 etcdserver: key is not provided');
    expect(answerTo(version, Buffer.concat([deep, putsEmptyKey]))).toBe(TOO_MANY);
  });

  it('skips groups within groups', () => {
    const { messages } = VERSIONS[version];
    const read = (depth: number) => (): unknown => RANGE_REQUEST.decode(nestedGroups(depth), messages);
    expect(read(10_001)).not.toThrow();
    if (isStrict) expect(read(10_002)).toThrow('cannot parse');
    else expect(read(500_000)).not.toThrow();
  });

  it('merges a message that occurs twice', () => {
    const { messages } = VERSIONS[version];
    const noPassword = field(3, Buffer.from([8, 1]));
    const twice = Buffer.concat([noPassword, field(3, Buffer.alloc(0))]);
    expect(AUTH_USER_ADD_REQUEST.decode(twice, messages).options?.noPassword).toBe(true);
    // In a oneof only protobuf-go does.
    const rangeTwice = Buffer.concat([field(1, field(1, Buffer.from('a'))), field(1, Buffer.alloc(0))]);
    const [operation] = TXN_REQUEST.decode(field(2, rangeTwice), messages).success;
    expect(operation?.requestRange?.key).toBe(isStrict ? 'a' : '');
  });
});

it('the cost of a transaction is computed before its depth is checked, and therefore at any depth', () => {
  const put = { requestPut: { key: 'key', value: 'value' } };
  let txn = TXN_REQUEST.decode(TXN_REQUEST.encode({ success: [put], failure: [put, put] }));
  for (let level = 0; level < 100_000; level++) txn = within(txn);
  expect(costOfTxn(txn, { countsNestedPuts: true })).toBe(2 * (256 + 8));
  expect(costOfTxn(txn, { countsNestedPuts: false })).toBe(0);
});

function within(requestTxn: TxnRequest): TxnRequest {
  const nothing = { requestRange: undefined, requestPut: undefined, requestDeleteRange: undefined };
  return { compare: [], success: [], failure: [{ ...nothing, requestTxn }] };
}
