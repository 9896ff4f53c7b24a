/** The effect and the answer of a put. */
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';

export function putBehaviour(etcd: Etcd): void {
  it('creates a key at version 1', async () => {
    await etcd.client.put('a').value('one');
    const { kvs } = await etcd.client.get('a').exec();
    expect(kvs).toMatchObject([{ version: '1', value: Buffer.from('one') }]);
  });

  it('raises the version of an existing key, and keeps its creation revision', async () => {
    const created = await etcd.raw.put(etcd.key('a'), 'one');
    const changed = await etcd.raw.put(etcd.key('a'), 'two');
    const { kvs } = await etcd.raw.range(etcd.key('a'));
    expect(kvs).toMatchObject([
      {
        value: 'two',
        version: 2,
        createRevision: created.header?.revision,
        modRevision: changed.header?.revision,
      },
    ]);
  });

  it('begins again with version 1 after the key was deleted', async () => {
    await etcd.client.put('a').value('one');
    await etcd.client.put('a').value('two');
    await etcd.client.delete().key('a');
    const { header } = await etcd.raw.put(etcd.key('a'), 'three');
    const { kvs } = await etcd.raw.range(etcd.key('a'));
    expect(kvs).toMatchObject([{ version: 1, createRevision: header?.revision }]);
  });

  it('returns the previous value on request, and none if there was none', async () => {
    const first = await etcd.raw.put(etcd.key('a'), 'one', { prevKv: true });
    const second = await etcd.raw.put(etcd.key('a'), 'two', { prevKv: true });
    expect(first.prevKv).toBeUndefined();
    expect(second.prevKv).toMatchObject({ value: 'one', version: 1 });
  });

  it('keeps the value and changes the rest with ignore_value', async () => {
    await etcd.raw.put(etcd.key('a'), 'one');
    await etcd.raw.put(etcd.key('a'), '', { ignoreValue: true });
    const { kvs } = await etcd.raw.range(etcd.key('a'));
    expect(kvs).toMatchObject([{ value: 'one', version: 2 }]);
  });

  it('keeps any bytes as key and value', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
    await etcd.raw.put(etcd.key(bytes), bytes);
    const { kvs } = await etcd.raw.range(etcd.key(bytes));
    expect(kvs).toMatchObject([{ key: etcd.key(bytes), value: bytes }]);
  });

  it('keeps an empty value as a value', async () => {
    await etcd.client.put('a').value('');
    expect(await etcd.client.get('a').string()).toBe('');
    expect(await etcd.client.get('b').string()).toBeNull();
  });
}
