/** The effect and the answer of a delete. */
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';

export function deleteBehaviour(etcd: Etcd): void {
  it('removes a key and returns how many it removed', async () => {
    await etcd.client.put('a').value('one');
    const { deleted } = await etcd.client.delete().key('a').exec();
    expect(deleted).toBe('1');
    expect(await etcd.client.get('a').string()).toBeNull();
  });

  it('removes nothing, without an error, if there is no key', async () => {
    expect(await etcd.raw.deleteRange(etcd.key('none'))).toMatchObject({ deleted: 0, prevKvs: [] });
  });

  it('removes a range without its end', async () => {
    for (const name of ['a', 'b', 'c']) await etcd.client.put(name).value('');
    const { deleted } = await etcd.raw.deleteRange(etcd.key('a'), { rangeEnd: etcd.key('c') });
    expect(deleted).toBe(2);
    expect(await etcd.client.getAll().keys()).toEqual(['c']);
  });

  it('returns the removed keys on request', async () => {
    await etcd.client.put('a').value('one');
    await etcd.client.put('b').value('two');
    const { prevKvs } = await etcd.raw.deleteRange(etcd.prefix, {
      rangeEnd: etcd.prefixEnd,
      prevKv: true,
    });
    expect(prevKvs.map(({ value }) => value)).toEqual(['one', 'two']);
  });

  it('leaves the history: the key can still be read at old revisions', async () => {
    const { header } = await etcd.raw.put(etcd.key('a'), 'one');
    await etcd.raw.deleteRange(etcd.key('a'));
    const { kvs } = await etcd.raw.range(etcd.key('a'), { revision: header?.revision ?? 0 });
    expect(kvs).toMatchObject([{ value: 'one' }]);
  });
}
