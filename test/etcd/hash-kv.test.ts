/** The hash of keys and values, by which members find out that they disagree: what real etcds have answered. */
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../sim/etcd/errors.js';
import type { EtcdVersion } from '../../sim/etcd/version.js';
import {
  HASH_KV_REQUEST,
  HASH_KV_RESPONSE,
  HASH_REQUEST,
  HASH_RESPONSE,
} from '../../sim/etcd/wire/maintenance.js';
import { TestCluster, type TestClient } from './harness.js';

const COMPACTED = ERRORS.compacted.text;
const FUTURE = ERRORS.futureRevision.text;
/** Where there is nothing, or nothing is left. */
const OF_NOTHING = 1084519789;

/** Revisions 2 to 8: puts, one of them with a lease, a transaction, and deletes of one key and of two. */
function written(version: EtcdVersion): TestClient {
  const etcd = new TestCluster({ version }).client();
  etcd.grant(1000, 7n);
  etcd.put('a', '1');
  etcd.put('b', '2', { lease: 7n });
  etcd.txn({ success: [{ requestPut: { key: 'c', value: '3' } }, { requestPut: { key: 'd' } }] });
  etcd.put('a', '4');
  etcd.deleteRange('a');
  etcd.deleteRange('c', { rangeEnd: 'e' });
  etcd.put('c', '5');
  return etcd;
}

function ask(etcd: TestClient, revision: number) {
  const call = etcd.call('Maintenance/HashKV', HASH_KV_REQUEST, HASH_KV_RESPONSE).send({ revision });
  call.server.halfClose();
  return call;
}

/** The hash and the compaction before it, for each of these revisions; or why there is none. */
function hashes(etcd: TestClient, ...revisions: readonly number[]): readonly unknown[] {
  return revisions.map((revision) => {
    const { status } = ask(etcd, revision);
    if (status?.code !== 0) return status?.details;
    const { hash, compactRevision } = ask(etcd, revision).response;
    return [hash, compactRevision];
  });
}

describe.each(['3.4', '3.6'] as const)('etcd %s', (version) => {
  const keepsHashes = version === '3.6';

  it('hashes all changes until a revision', () => {
    expect(hashes(written(version), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)).toEqual([
      [3126658679, -1],
      [OF_NOTHING, -1],
      [2587454935, -1],
      [1848723582, -1],
      [2312335436, -1],
      [1081911308, -1],
      [267718479, -1],
      [467450808, -1],
      [3126658679, -1],
      FUTURE,
    ]);
  });

  it('hashes what a compaction has left and what came since', () => {
    const etcd = written(version);
    etcd.compact(5);
    expect(hashes(etcd, 0, 4, 5, 6, 7, 8, 9)).toEqual([
      [973415008, 5],
      COMPACTED,
      keepsHashes ? [1081911308, -1] : COMPACTED,
      [3308283466, 5],
      [544838557, 5],
      [973415008, 5],
      FUTURE,
    ]);
  });

  it('leaves out what was deleted at the compaction', () => {
    const etcd = written(version);
    etcd.compact(5);
    etcd.compact(7);
    expect(hashes(etcd, 0, 6, 7, 8)).toEqual([
      [1559712519, 7],
      COMPACTED,
      keepsHashes ? [544838557, 5] : COMPACTED,
      [1559712519, 7],
    ]);
    etcd.deleteRange('b');
    etcd.deleteRange('c');
    expect(hashes(etcd, 9, 10)).toEqual([
      [3942136096, 7],
      [3605410963, 7],
    ]);
  });

  it('hashes nothing where a compaction has left nothing', () => {
    const etcd = written(version);
    for (const revision of [5, 7]) etcd.compact(revision);
    for (const key of ['b', 'c']) etcd.deleteRange(key);
    etcd.compact(10);
    expect(hashes(etcd, 0, 10)).toEqual([[OF_NOTHING, 10], keepsHashes ? [822236576, 7] : COMPACTED]);
    etcd.put('z', '1');
    expect(hashes(etcd, 0, 11, 12)).toEqual([[974378710, 10], [974378710, 10], FUTURE]);
  });
});

it.each([
  ['3.4', [2, 2, 5, 5]],
  ['3.6', [1, 2, 4, 5]],
] as const)('etcd %s counts what its compactions forget, deletes too', (version, forgotten) => {
  const cluster = new TestCluster({ version });
  const etcd = cluster.client();
  etcd.put('a', '1');
  etcd.deleteRange('a');
  etcd.put('b', '1');
  etcd.put('b', '2');
  etcd.deleteRange('b');
  etcd.put('c', '1');
  const counts = [3, 4, 6, 7].map((revision) => {
    etcd.compact(revision);
    let count = 0;
    cluster.cluster.members[0]?.measure((metrics) => (count = metrics.counts.compactedChanges));
    return count;
  });
  expect(counts).toEqual(forgotten);
});

it.each(['3.4', '3.6'] as const)('etcd %s hashes nothing until a negative revision', (version) => {
  const etcd = new TestCluster({ version }).client();
  etcd.put('a', '1');
  etcd.deleteRange('a');
  etcd.put('b', '1');
  etcd.put('b', '2');
  etcd.deleteRange('b');
  etcd.put('c', '1');
  expect(hashes(etcd, -1, 0)).toEqual([
    [OF_NOTHING, -1],
    [2899127175, -1],
  ]);
  etcd.compact(3);
  expect(hashes(etcd, -1, 0, 4)).toEqual([
    [OF_NOTHING, 3],
    [2000413724, 3],
    [3584256279, 3],
  ]);
  etcd.put('z');
  etcd.compact(8);
  expect(hashes(etcd, -1)).toEqual([[OF_NOTHING, 8]]);
});

it('members with the same keys have the same Hash, and those with different keys have not', () => {
  const etcd = written('3.6');
  const hash = (of: TestClient) => {
    const call = of.call('Maintenance/Hash', HASH_REQUEST, HASH_RESPONSE).send({});
    call.server.halfClose();
    return call.response.hash;
  };
  expect(hash(etcd)).toBe(hash(written('3.6')));
  etcd.put('z');
  expect(hash(etcd)).not.toBe(hash(written('3.6')));
});

it('a member counts the hashes that it has made, those of a revision by themselves', () => {
  const cluster = new TestCluster();
  const etcd = cluster.client();
  for (const revision of [0, 1, 99]) ask(etcd, revision);
  etcd.call('Maintenance/Hash', HASH_REQUEST, HASH_RESPONSE).send({}).server.halfClose();
  let counts = {};
  cluster.cluster.members[0]?.measure((metrics) => (counts = metrics.counts));
  expect(counts).toMatchObject({ hashes: 1, hashesByRevision: 2 });
});

it('etcd 3.6 keeps the hashes of the last ten compactions', () => {
  const etcd = written('3.6');
  for (let revision = 2; revision <= 4; revision++) etcd.compact(revision);
  const [first, second] = hashes(etcd, 2, 3);
  expect([first, second]).toEqual([[2587454935, -1], expect.arrayContaining([2])]);
  while (etcd.put('z').response.header?.revision !== 20);
  for (let revision = 5; revision <= 12; revision++) etcd.compact(revision);
  expect(hashes(etcd, 2, 3)).toEqual([COMPACTED, second]);
});

it('etcd 3.6 says until which revision it has hashed', () => {
  expect(ask(written('3.6'), 0).response.hashRevision).toBe(8);
  expect(ask(written('3.6'), 5).response.hashRevision).toBe(5);
  expect(ask(written('3.4'), 5).response.hashRevision).toBe(0);
});
