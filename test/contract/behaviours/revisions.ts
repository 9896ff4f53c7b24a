/** The revision: one counter for the whole store, which every change advances by one. */
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';

export function revisionBehaviour(etcd: Etcd): void {
  const revision = async (): Promise<number> =>
    (await etcd.raw.range(etcd.key('none'))).header?.revision ?? 0;

  it('goes up by one with every put, of any key', async () => {
    const before = await revision();
    const first = await etcd.raw.put(etcd.key('a'));
    const second = await etcd.raw.put(etcd.key('b'));
    expect([first.header?.revision, second.header?.revision]).toEqual([before + 1, before + 2]);
  });

  it('goes up even if a put changes nothing', async () => {
    await etcd.raw.put(etcd.key('a'), 'same');
    const before = await revision();
    await etcd.raw.put(etcd.key('a'), 'same');
    expect(await revision()).toBe(before + 1);
  });

  it('stays after a read', async () => {
    const before = await revision();
    await etcd.raw.range(etcd.key('a'));
    await etcd.raw.txn({ success: [{ requestRange: { key: etcd.key('a') } }] });
    expect(await revision()).toBe(before);
  });

  it('stays if a delete found nothing', async () => {
    const before = await revision();
    const { header } = await etcd.raw.deleteRange(etcd.key('none'));
    expect(header?.revision).toBe(before);
  });

  it('goes up by one with a delete of any number of keys', async () => {
    await etcd.raw.put(etcd.key('a'));
    await etcd.raw.put(etcd.key('b'));
    const before = await revision();
    const { header } = await etcd.raw.deleteRange(etcd.prefix, { rangeEnd: etcd.prefixEnd });
    expect(header?.revision).toBe(before + 1);
  });

  it('goes up by one with a transaction of any number of writes', async () => {
    const before = await revision();
    const puts = ['a', 'b', 'c'].map((name) => ({ requestPut: { key: etcd.key(name) } }));
    await etcd.raw.txn({ success: puts });
    const { kvs } = await etcd.raw.range(etcd.prefix, { rangeEnd: etcd.prefixEnd });
    expect(kvs.map(({ modRevision }) => modRevision)).toEqual([before + 1, before + 1, before + 1]);
  });

  it('stays if leases are granted and revoked without keys', async () => {
    const before = await revision();
    const { ID } = await etcd.raw.grant(60);
    await etcd.raw.revoke(ID);
    expect(await revision()).toBe(before);
  });
}
