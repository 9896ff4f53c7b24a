/** Compaction: history up to a revision is removed; the current state stays. Affects the whole store. */
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';
import { refusalOf } from '../support/refusal.js';

const COMPACTED = { code: 11, details: 'etcdserver: mvcc: required revision has been compacted' };

export function compactionBehaviour(etcd: Etcd): void {
  const put = async (name: string, value: string): Promise<number> =>
    (await etcd.raw.put(etcd.key(name), value)).header?.revision ?? 0;

  it('refuses to read before the compacted revision, and reads it and after', async () => {
    const [first, second, third] = [await put('a', '1'), await put('a', '2'), await put('a', '3')];
    await etcd.raw.compact(second);
    const read = (revision: number) => etcd.raw.range(etcd.key('a'), { revision });
    expect(await refusalOf(read(first))).toEqual(COMPACTED);
    expect((await read(second)).kvs).toMatchObject([{ value: '2' }]);
    expect((await read(third)).kvs).toMatchObject([{ value: '3' }]);
  });

  it('keeps a current key, however old it is', async () => {
    const created = await put('old', 'still here');
    const later = await put('other', '');
    await etcd.raw.compact(later);
    const { kvs } = await etcd.raw.range(etcd.key('old'));
    expect(kvs).toMatchObject([{ value: 'still here', version: 1, createRevision: created }]);
  });

  it('refuses a compacted revision', async () => {
    const revision = await put('a', '1');
    await etcd.raw.compact(revision);
    expect(await refusalOf(etcd.raw.compact(revision))).toEqual(COMPACTED);
  });

  it('refuses a future revision', async () => {
    const revision = await put('a', '1');
    expect(await refusalOf(etcd.raw.compact(revision + 1))).toEqual({
      code: 11,
      details: 'etcdserver: mvcc: required revision is a future revision',
    });
  });

  it('cancels a watcher that needs compacted events, and reports where history begins', async () => {
    const first = await put('a', '1');
    const second = await put('a', '2');
    await etcd.raw.compact(second);
    const watch = await etcd.raw.watch({ key: etcd.key('a'), startRevision: first });
    expect(await watch.next()).toMatchObject({
      canceled: true,
      compactRevision: second,
      header: { revision: 0 },
    });
  });

  it('does not affect a watcher that is past it', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    const revision = await put('a', '1');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put a=1']);
    await etcd.raw.compact(revision);
    await put('a', '2');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put a=2']);
  });

  it('keeps history from the compacted revision on', async () => {
    await put('a', '1');
    const second = await put('a', '2');
    await put('a', '3');
    await etcd.raw.compact(second);
    const watch = await etcd.raw.watch({ key: etcd.key('a'), startRevision: second });
    expect(await watch.told(2, etcd.prefix)).toEqual(['put a=2', 'put a=3']);
  });

  it('omits a compacted previous value, with prev_kv', async () => {
    await put('a', '1');
    const second = await put('a', '2');
    await etcd.raw.compact(second);
    const watch = await etcd.raw.watch({ key: etcd.key('a'), startRevision: second, prevKv: true });
    expect(await watch.events(1)).toMatchObject([{ kv: { value: '2' }, prevKv: undefined }]);
  });
}
