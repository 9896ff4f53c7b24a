/** The events of one watch: which changes, from which revision, with which data. */
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { EVENT_TYPE } from '../../../sim/etcd/wire/kv.js';
import { FILTER_TYPE } from '../../../sim/etcd/wire/watch.js';
import type { Etcd } from '../support/etcd.js';

export function watchBehaviour(etcd: Etcd): void {
  const everything = () => ({ key: etcd.prefix, rangeEnd: etcd.prefixEnd });

  it('reports the changes of a key', async () => {
    const watcher = await etcd.client.watch().key('a').create();
    const changed = once(watcher, 'put');
    await etcd.client.put('a').value('one');
    const [{ value, version }] = (await changed) as [{ value: Buffer; version: string }];
    expect({ value: value.toString(), version }).toEqual({ value: 'one', version: '1' });
    await watcher.cancel();
  });

  it('reports the changes of a prefix in the order of their revisions', async () => {
    const watch = await etcd.raw.watch(everything());
    await etcd.client.put('b').value('1');
    await etcd.client.put('a').value('2');
    await etcd.client.delete().key('b');
    await etcd.client.put('b').value('3');
    expect(await watch.told(4, etcd.prefix)).toEqual(['put b=1', 'put a=2', 'delete b', 'put b=3']);
  });

  it('reports every change, even of a key that changes again at once', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    for (let value = 1; value <= 20; value++) await etcd.client.put('a').value(value);
    const expected = Array.from({ length: 20 }, (_, index) => `put a=${index + 1}`);
    expect(await watch.told(20, etcd.prefix)).toEqual(expected);
  });

  it('reports nothing from before it, and the header of its creation shows where it begins', async () => {
    const { header } = await etcd.raw.put(etcd.key('a'), 'before');
    const watch = await etcd.raw.watch();
    const created = await watch.create({ key: etcd.key('a') });
    await etcd.raw.put(etcd.key('a'), 'after');
    expect(created).toMatchObject({ created: true, header: { revision: header?.revision } });
    expect(await watch.told(1, etcd.prefix)).toEqual(['put a=after']);
  });

  it('reports history from its start revision on, and then new events', async () => {
    const { header } = await etcd.raw.put(etcd.key('a'), 'one');
    await etcd.raw.put(etcd.key('b'), 'two');
    const watch = await etcd.raw.watch({ ...everything(), startRevision: header?.revision ?? 0 });
    await etcd.raw.put(etcd.key('a'), 'three');
    expect(await watch.told(3, etcd.prefix)).toEqual(['put a=one', 'put b=two', 'put a=three']);
  });

  it('waits for a future start revision', async () => {
    const { header } = await etcd.raw.put(etcd.key('a'), 'one');
    const watch = await etcd.raw.watch({ key: etcd.key('a'), startRevision: (header?.revision ?? 0) + 2 });
    await etcd.raw.put(etcd.key('a'), 'two');
    await etcd.raw.put(etcd.key('a'), 'three');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put a=three']);
  });

  it('reports nothing of other keys', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('b') });
    await etcd.raw.put(etcd.key('a'), 'other');
    await etcd.raw.put(etcd.key('ba'), 'other');
    await etcd.raw.put(etcd.key('b'), 'this');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put b=this']);
  });

  it('reports a transaction as one: all its changes in one response, at one revision', async () => {
    const watch = await etcd.raw.watch(everything());
    const puts = ['a', 'b', 'c'].map((name) => ({ requestPut: { key: etcd.key(name) } }));
    await etcd.raw.txn({ success: puts });
    const { events } = await watch.next();
    expect(new Set(events.map(({ kv }) => kv?.modRevision)).size).toBe(1);
    expect(events).toHaveLength(3);
  });

  it('reports a delete with the key and the revision, and no value', async () => {
    await etcd.raw.put(etcd.key('a'), 'one');
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    const { header } = await etcd.raw.deleteRange(etcd.key('a'));
    expect(await watch.events(1)).toMatchObject([
      {
        type: EVENT_TYPE.delete,
        kv: { key: etcd.key('a'), modRevision: header?.revision, value: '', version: 0, createRevision: 0 },
      },
    ]);
  });

  it('reports nothing of a delete that found nothing', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    await etcd.raw.deleteRange(etcd.key('a'));
    await etcd.raw.put(etcd.key('a'), 'one');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put a=one']);
  });

  it('returns the previous value with prev_kv, and nothing with the first put', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a'), prevKv: true });
    await etcd.raw.put(etcd.key('a'), 'one');
    await etcd.raw.put(etcd.key('a'), 'two');
    await etcd.raw.deleteRange(etcd.key('a'));
    const events = await watch.events(3);
    expect(events.map(({ prevKv }) => prevKv?.value)).toEqual([undefined, 'one', 'two']);
  });

  it('leaves puts out with the filter NOPUT', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a'), filters: [FILTER_TYPE.noPut] });
    await etcd.raw.put(etcd.key('a'), 'one');
    await etcd.raw.deleteRange(etcd.key('a'));
    expect(await watch.told(1, etcd.prefix)).toEqual(['delete a']);
  });

  it('leaves deletes out with the filter NODELETE', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a'), filters: [FILTER_TYPE.noDelete] });
    await etcd.raw.put(etcd.key('a'), 'one');
    await etcd.raw.deleteRange(etcd.key('a'));
    await etcd.raw.put(etcd.key('a'), 'two');
    expect(await watch.told(2, etcd.prefix)).toEqual(['put a=one', 'put a=two']);
  });
}
