/** What etcd looks at before a transaction writes, and in which order: as real etcds were seen to answer. */
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../sim/etcd/errors.js';
import type { EtcdVersion } from '../../sim/etcd/version.js';
import type { TxnRequest } from '../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../sim/etcd/wire/message.js';
import { TestCluster, type TestClient } from './harness.js';

type Operation = NonNullable<Encodable<TxnRequest>['success']>[number];

const FUTURE = ERRORS.futureRevision.text;
const COMPACTED = ERRORS.compacted.text;
const NO_LEASE = ERRORS.leaseNotFound.text;
const NO_KEY = ERRORS.keyNotFound.text;

const read = (revision: number): Operation => ({ requestRange: { key: 'a', revision } });
const put = (key: string): Operation => ({ requestPut: { key } });
const putWithoutLease: Operation = { requestPut: { key: 'x', lease: 99n } };
const nested = (...success: Operation[]): Operation => ({ requestTxn: { success } });

/** Revisions 2 to 5, compacted at 4. */
function compacted(version?: EtcdVersion): TestClient {
  const etcd = new TestCluster(...(version === undefined ? [] : [{ version }])).client();
  for (let revision = 2; revision <= 5; revision++) etcd.put('a');
  etcd.compact(4);
  return etcd;
}

/** The refusal, or nothing. */
function answer(etcd: TestClient, ...success: Operation[]): string {
  return etcd.txn({ success }).status?.details ?? 'nothing yet';
}

it.each([
  ['that writes', [put('b')]],
  ['that only reads', []],
])('a transaction %s reads at revisions since the compaction, 0 being the newest', (_name, others) => {
  for (const [revision, refusal] of [
    [-1, COMPACTED],
    [0, ''],
    [3, COMPACTED],
    [4, ''],
    [5, ''],
    [6, FUTURE],
  ] as const) {
    expect(answer(compacted(), read(revision), ...others)).toBe(refusal);
    expect(answer(compacted(), read(0), read(revision), ...others)).toBe(refusal);
  }
});

describe.each([
  ['3.4', NO_LEASE],
  ['3.5', NO_LEASE],
  ['3.6', FUTURE],
  ['3.7', FUTURE],
] as const)('etcd %s', (version, first) => {
  it('answers for its writes first, or for what comes first', () => {
    const etcd = compacted(version);
    expect(answer(etcd, read(99), putWithoutLease)).toBe(first);
    expect(answer(etcd, nested(read(99)), putWithoutLease)).toBe(first);
    expect(answer(etcd, read(99), nested(putWithoutLease))).toBe(first);
    expect(answer(etcd, putWithoutLease, read(99))).toBe(NO_LEASE);
    expect(answer(etcd, put('b'), nested(read(99)))).toBe(FUTURE);
  });

  it('answers for a key or for a lease that is not there, where both are not', () => {
    const both: Operation = { requestPut: { key: 'none', lease: 99n, ignoreValue: true } };
    expect(answer(compacted(version), both)).toBe(version === '3.7' ? NO_LEASE : NO_KEY);
  });
});

it('deletes what an empty end on the wire leaves of a range: the key alone', () => {
  const etcd = compacted();
  const remove: Operation = { requestDeleteRange: { key: 'm', rangeEnd: '' } };
  expect(answer(etcd, remove, put('n'))).toBe('');
  expect(answer(etcd, remove, put('m'))).toBe(ERRORS.duplicateKey.text);
});

it('tells of each operation in its place, and shows what a delete removed where that is asked', () => {
  const etcd = compacted();
  etcd.put('b', 'old');
  const { responses } = etcd.txn({
    success: [
      put('q'),
      { requestDeleteRange: { key: 'a' } },
      { requestDeleteRange: { key: 'b', prevKv: true } },
      nested({ requestDeleteRange: { key: 'c' } }),
      { requestRange: { key: 'c' } },
    ],
  }).response;
  expect(responses).toMatchObject([
    { responsePut: { prevKv: undefined }, responseDeleteRange: undefined },
    { responsePut: undefined, responseDeleteRange: { deleted: 1, prevKvs: [] } },
    { responseDeleteRange: { deleted: 1, prevKvs: [{ key: 'b', value: 'old' }] } },
    { responseTxn: { responses: [{ responseDeleteRange: { deleted: 0, prevKvs: [] } }] } },
    { responseRange: { count: 0 } },
  ]);
});
