/** A member's counts of requested reads and writes, compared with the metrics of real etcds. */
import { expect, it } from 'vitest';
import type { Counts } from '../../sim/etcd/metrics/counts.js';
import type { EtcdVersion } from '../../sim/etcd/version.js';
import { COMPARE_TARGET, type PutRequest, type RangeRequest } from '../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../sim/etcd/wire/message.js';
import { TestCluster, type TestClient } from './harness.js';

const put = (key: string, rest: Encodable<PutRequest> = {}) => ({ requestPut: { key, value: 'v', ...rest } });
const range = (key: string, rest: Encodable<RangeRequest> = {}) => ({ requestRange: { key, ...rest } });
const remove = (key: string, prevKv = false) => ({ requestDeleteRange: { key, prevKv } });
const versionOf = (key: string, version = 0) => ({ key, target: COMPARE_TARGET.version, version });
const keep = { value: '', ignoreValue: true };

/** Ranges, puts, deletes, transactions of more than one operation, and bytes that were put. */
type Counted = readonly [number, number, number, number, number];
type Step = readonly [string, (etcd: TestClient) => unknown, Counted];

/** As a real 3.4.23 and a real 3.6.14 have counted them. */
const STEPS: readonly Step[] = [
  ['a put', (etcd) => etcd.put('a', 'xy'), [0, 1, 0, 0, 3]],
  ['one that shows what was there', (etcd) => etcd.put('a', 'xy', { prevKv: true }), [1, 1, 0, 1, 3]],
  ['one that keeps the value', (etcd) => etcd.put('a', '', { ignoreValue: true }), [1, 1, 0, 1, 3]],
  ['one that keeps the lease', (etcd) => etcd.put('a', 'xy', { ignoreLease: true }), [1, 1, 0, 1, 3]],
  ['one that has no value to keep', (etcd) => etcd.put('none', '', { ignoreValue: true }), [1, 0, 0, 0, 0]],
  ['one with a lease that is not there', (etcd) => etcd.put('a', '', { lease: 99n }), [0, 0, 0, 0, 0]],
  ['a range', (etcd) => etcd.range('a'), [1, 0, 0, 0, 0]],
  ['one that is too new', (etcd) => etcd.range('a', { revision: 1000 }), [1, 0, 0, 0, 0]],
  ['a delete of nothing', (etcd) => etcd.deleteRange('none'), [0, 0, 1, 0, 0]],
  ['a delete', (etcd) => etcd.deleteRange('a'), [0, 0, 1, 0, 0]],
  ['a put of a new key', (etcd) => etcd.put('a', 'xy'), [0, 1, 0, 0, 3]],
  ['a delete that shows what was there', (etcd) => etcd.deleteRange('a', { prevKv: true }), [1, 0, 1, 1, 0]],
  ['a transaction of nothing', (etcd) => etcd.txn({}), [0, 0, 0, 0, 0]],
  ['one of a range', (etcd) => etcd.txn({ success: [range('a')] }), [1, 0, 0, 0, 0]],
  ['one of two ranges', (etcd) => etcd.txn({ success: [range('a'), range('b')] }), [2, 0, 0, 1, 0]],
  [
    'one that compares and reads',
    (etcd) => etcd.txn({ compare: [versionOf('b')], success: [range('a')] }),
    [2, 0, 0, 1, 0],
  ],
  [
    'one that compares, and is refused its range',
    (etcd) => etcd.txn({ compare: [versionOf('b')], success: [range('a'), range('a', { revision: 1000 })] }),
    [1, 0, 0, 0, 0],
  ],
  ['one of a put', (etcd) => etcd.txn({ success: [put('b')] }), [0, 1, 0, 0, 2]],
  [
    'one that compares and puts',
    (etcd) => etcd.txn({ compare: [versionOf('a', 9)], failure: [put('b')] }),
    [1, 1, 0, 0, 2],
  ],
  [
    'one that compares twice and puts',
    (etcd) => etcd.txn({ compare: [versionOf('c'), versionOf('d')], success: [put('b')] }),
    [2, 1, 0, 1, 2],
  ],
  [
    'one of two puts and a delete',
    (etcd) => etcd.txn({ success: [put('b'), put('c'), remove('d')] }),
    [0, 2, 1, 1, 4],
  ],
  ['one that keeps a value', (etcd) => etcd.txn({ success: [put('b', keep)] }), [2, 1, 0, 1, 2]],
  [
    'one that keeps a lease',
    (etcd) => etcd.txn({ success: [put('b', { ignoreLease: true })] }),
    [2, 1, 0, 1, 2],
  ],
  [
    'one that has no value to keep',
    (etcd) => etcd.txn({ success: [put('x'), put('none', keep)] }),
    [1, 0, 0, 0, 0],
  ],
  [
    'one with a lease that is not there',
    (etcd) => etcd.txn({ success: [put('x'), put('y', { lease: 99n })] }),
    [0, 0, 0, 0, 0],
  ],
  [
    'one whose delete shows what was there',
    (etcd) => etcd.txn({ success: [remove('b', true)] }),
    [1, 0, 1, 1, 0],
  ],
  [
    'one with another in it',
    (etcd) => etcd.txn({ success: [{ requestTxn: { success: [put('b'), range('b')] } }] }),
    [1, 1, 0, 1, 2],
  ],
];

function counter(version: EtcdVersion) {
  const cluster = new TestCluster({ version });
  const etcd = cluster.client();
  const counts = (): Counted => {
    let told: Counts | undefined;
    cluster.cluster.members[0]?.measure((metrics) => (told = metrics.counts));
    if (told === undefined) throw new Error('the member tells nothing');
    const { ranges, puts, deletes, txns, putBytes } = told;
    return [ranges, puts, deletes, txns, putBytes];
  };
  return (step: (etcd: TestClient) => unknown): readonly number[] => {
    const before = counts();
    step(etcd);
    return counts().map((count, index) => count - (before[index] ?? 0));
  };
}

it.each(['3.4', '3.6'] as const)('etcd %s counts what it is asked, also what it refuses', (version) => {
  const count = counter(version);
  count((etcd) => etcd.put('a', '1'));
  expect(STEPS.map(([name, step]) => [name, count(step)])).toEqual(
    STEPS.map(([name, , counted]) => [name, counted]),
  );
});

it.each([
  ['3.6', 1],
  ['3.7', 2],
] as const)('etcd %s looks for the previous value of a put in a transaction: %i', (version, looks) => {
  const count = counter(version);
  const counted = count((etcd) => etcd.txn({ success: [put('a', { prevKv: true })] }));
  expect(counted).toEqual([looks, 1, 0, 1, 2]);
});
