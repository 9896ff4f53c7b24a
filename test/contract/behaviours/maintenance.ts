/**
 * Maintenance: a member's state, hashes of its data, copies of it, and leadership. Compacts the whole store.
 */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { Administrator } from '../support/administrator.js';
import type { Etcd } from '../support/etcd.js';
import { refusalOf } from '../support/refusal.js';

const COMPACTED = { code: 11, details: 'etcdserver: mvcc: required revision has been compacted' };
const FUTURE = { code: 11, details: 'etcdserver: mvcc: required revision is a future revision' };

export function maintenanceBehaviour(etcd: Etcd): void {
  const administrator = (): Administrator => new Administrator(etcd.raw);
  const put = async (name: string, value: string): Promise<number> =>
    (await etcd.raw.put(etcd.key(name), value)).header?.revision ?? 0;

  it('reports the leader, the log’s progress, and the size and limit of the database', async () => {
    const { header, version, leader, raftIndex, raftAppliedIndex, dbSize, dbSizeInUse, ...rest } =
      await etcd.raw.status();
    expect(version).toBe('3.6.14');
    expect(leader).toBe(header?.memberId);
    expect(raftAppliedIndex).toBe(raftIndex);
    expect(dbSize).toBeGreaterThanOrEqual(dbSizeInUse);
    expect(rest).toMatchObject({
      errors: [],
      isLearner: false,
      storageVersion: '3.6.0',
      dbSizeQuota: 2 ** 31,
      downgradeInfo: { enabled: false, targetVersion: '' },
    });
  });

  it('hashes history up to a revision, so that members can compare their data', async () => {
    const first = await put('a', 'one');
    const before = await administrator().hashKv();
    const second = await put('a', 'two');
    const after = await administrator().hashKv();
    expect(before).toMatchObject({ hashRevision: first, header: { revision: first } });
    expect(after).toMatchObject({ hashRevision: second });
    expect(after.hash).not.toBe(before.hash);
    expect((await administrator().hashKv(first)).hash).toBe(before.hash);
  });

  it('keeps the hash of a compaction after its data is gone', async () => {
    const first = await put('a', 'one');
    const second = await put('a', 'two');
    const { compactRevision } = await administrator().hashKv();
    await etcd.raw.compact(second, true);
    await put('a', 'three');
    expect(await administrator().hashKv(second)).toMatchObject({ compactRevision, hashRevision: second });
    expect(await administrator().hashKv()).toMatchObject({ compactRevision: second });
    expect(await refusalOf(administrator().hashKv(first))).toEqual(COMPACTED);
  });

  it('hashes no future revision', async () => {
    const revision = await put('a', 'one');
    expect(await refusalOf(administrator().hashKv(revision + 1))).toEqual(FUTURE);
  });

  it('copies the database in chunks that report the remaining bytes, and ends with their SHA-256', async () => {
    await put('large', 'x'.repeat(100_000));
    const messages = await administrator().snapshot();
    const chunks = messages.slice(0, -1).map(({ blob }) => Buffer.from(blob, 'latin1'));
    const content = Buffer.concat(chunks);
    const digest = createHash('sha256').update(content).digest().toString('latin1');
    expect(messages.at(-1)).toMatchObject({ blob: digest, remainingBytes: 0, version: '3.6.0' });
    expect(content.length % 512).toBe(0);
    let remainingBytes = content.length;
    for (const [index, chunk] of chunks.entries()) {
      remainingBytes -= chunk.length;
      expect(messages[index]).toMatchObject({ remainingBytes, version: '3.6.0' });
    }
    expect(remainingBytes).toBe(0);
  });

  it('gives freed space back only when the database is defragmented', async () => {
    for (let index = 0; index < 20; index++) await put('large', 'x'.repeat(500_000));
    await etcd.raw.compact(await put('large', ''), true);
    const { dbSize } = await etcd.raw.status();
    expect(dbSize).toBeGreaterThan(8_000_000);
    await administrator().defragment();
    expect((await etcd.raw.status()).dbSize).toBeLessThan(dbSize / 2);
  });

  it('lets a leader hand over to itself, and not to an unknown member', async () => {
    const { leader } = await etcd.raw.status();
    await administrator().moveLeader(leader);
    expect(await refusalOf(administrator().moveLeader(7n))).toEqual({
      code: 9,
      details: 'etcdserver: bad leader transferee',
    });
  });

  it('allows a downgrade by one minor version and no other', async () => {
    expect(await administrator().downgrade('validate', '3.5')).toBe('3.6');
    for (const version of ['3.4.0', '3.6.0', '4.5']) {
      expect(await refusalOf(administrator().downgrade('validate', version))).toEqual({
        code: 3,
        details: 'etcdserver: invalid downgrade target version',
      });
    }
    expect(await refusalOf(administrator().downgrade('validate', 'newest'))).toEqual({
      code: 3,
      details: 'etcdserver: wrong downgrade target version format',
    });
  });

  it('cancels a downgrade that is not under way without an error', async () => {
    expect(await administrator().downgrade('cancel')).toBe('3.6');
  });
}

/** Needs an etcd of its own, without any writes. */
export function hashBehaviour(etcd: Etcd): void {
  it('are the same for the same history, in any etcd', async () => {
    const administrator = new Administrator(etcd.raw);
    const hashes: [number, number][] = [];
    const note = async (revision = 0): Promise<void> => {
      const { hash, compactRevision } = await administrator.hashKv(revision);
      hashes.push([compactRevision, hash]);
    };
    await note();
    await etcd.raw.grant(1000, 7n);
    await etcd.raw.put('a', 'one', { lease: 7n });
    await etcd.raw.put('b', '\0\xff');
    await note();
    await etcd.raw.txn({
      success: [{ requestPut: { key: 'a', value: 'two' } }, { requestDeleteRange: { key: 'b' } }],
    });
    await note();
    await note(3);
    await etcd.raw.compact(4, true);
    await note();
    await note(4);
    await etcd.raw.deleteRange('a');
    await etcd.raw.compact(5, true);
    await note();
    await note(4);
    expect(hashes).toEqual(HASHES);
  });
}

/** Revisions of the last compaction, and hashes, as etcd 3.6.14 returned them. */
const HASHES: readonly (readonly [number, number])[] = [
  [-1, 1_084_519_789],
  [-1, 552_885_595],
  [-1, 2_130_911_589],
  [-1, 552_885_595],
  [4, 3_284_317_717],
  [-1, 2_130_911_589],
  [5, 1_084_519_789],
  [-1, 2_130_911_589],
];
