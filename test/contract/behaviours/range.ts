/** Reading: one key, ranges, limits, sort orders and old revisions. */
import { beforeEach, expect, it } from 'vitest';
import { goSort } from '../../../sim/etcd/go-sort.js';
import { SORT_ORDER, SORT_TARGET, type RangeRequest } from '../../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../../sim/etcd/wire/message.js';
import type { Etcd } from '../support/etcd.js';

export function rangeBehaviour(etcd: Etcd): void {
  /** Revisions of the puts, in their order. */
  let revisions: number[];
  beforeEach(async () => {
    revisions = [];
    for (const [name, value] of [
      ['b', '2'],
      ['a', '3'],
      ['c', '1'],
      ['a', '4'],
    ] as const) {
      revisions.push((await etcd.raw.put(etcd.key(name), value)).header?.revision ?? 0);
    }
  });

  const all = (rest: Encodable<RangeRequest> = {}) =>
    etcd.raw.range(etcd.prefix, { rangeEnd: etcd.prefixEnd, ...rest });
  const names = async (rest: Encodable<RangeRequest>): Promise<string> =>
    (await all(rest)).kvs.map(({ key }) => key.slice(etcd.prefix.length)).join('');

  it('returns one key', async () => {
    expect(await etcd.client.get('a').string()).toBe('4');
  });

  it('returns nothing, without an error, if there is no key', async () => {
    const { kvs, count, more } = await etcd.raw.range(etcd.key('none'));
    expect({ kvs, count, more }).toEqual({ kvs: [], count: 0, more: false });
  });

  it('returns a prefix in the order of the keys', async () => {
    expect(await etcd.client.getAll().keys()).toEqual(['a', 'b', 'c']);
  });

  it('leaves out the end of the range', async () => {
    const { kvs } = await etcd.raw.range(etcd.key('a'), { rangeEnd: etcd.key('c') });
    expect(kvs.map(({ key }) => key)).toEqual([etcd.key('a'), etcd.key('b')]);
  });

  it('returns nothing if the end is not after the key', async () => {
    const { count } = await etcd.raw.range(etcd.key('b'), { rangeEnd: etcd.key('a') });
    expect(count).toBe(0);
  });

  it('continues to the last key if the end is a zero byte', async () => {
    await etcd.raw.put('zzz-contract');
    const { kvs } = await etcd.raw.range(etcd.key('c'), { rangeEnd: '\0' });
    expect([kvs.at(0)?.key, kvs.at(-1)?.key]).toEqual([etcd.key('c'), 'zzz-contract']);
    await etcd.raw.deleteRange('zzz-contract');
  });

  it('returns no more than the limit, reports further keys, and counts all', async () => {
    const { kvs, more, count } = await all({ limit: 2 });
    expect({ keys: kvs.length, more, count }).toEqual({ keys: 2, more: true, count: 3 });
  });

  it('does not report more if the limit is just enough', async () => {
    expect((await all({ limit: 3 })).more).toBe(false);
  });

  it('counts without keys with count_only', async () => {
    const { kvs, count } = await all({ countOnly: true });
    expect({ kvs, count }).toEqual({ kvs: [], count: 3 });
  });

  it('leaves the values out with keys_only', async () => {
    const { kvs } = await all({ keysOnly: true });
    expect(kvs.map(({ value }) => value)).toEqual(['', '', '']);
  });

  it('sorts by key downwards', async () => {
    expect(await names({ sortOrder: SORT_ORDER.descend })).toBe('cba');
  });

  it.each([
    ['value', SORT_TARGET.value, 'cba'],
    ['version', SORT_TARGET.version, 'bca'],
    ['create revision', SORT_TARGET.create, 'bac'],
    ['mod revision', SORT_TARGET.mod, 'bca'],
  ])('sorts by %s', async (_name, sortTarget, order) => {
    expect(await names({ sortTarget, sortOrder: SORT_ORDER.ascend })).toBe(order);
  });

  it('sorts upwards if there is a target other than the key, and no order', async () => {
    expect(await names({ sortTarget: SORT_TARGET.value })).toBe('cba');
  });

  it('leaves more than a dozen ties in an order of its own, that of its language’s sort', async () => {
    const versions = Array.from({ length: 40 }, (_, index) => 1 + ((index * 7) % 3));
    const keys = versions.map((_, index) => etcd.key(`tie-${String(index).padStart(2, '0')}`));
    for (const [index, key] of keys.entries()) {
      for (let version = 0; version < (versions[index] ?? 0); version++) await etcd.raw.put(key);
    }
    const { kvs } = await etcd.raw.range(etcd.key('tie-'), {
      rangeEnd: etcd.key('tie-~'),
      sortTarget: SORT_TARGET.version,
      sortOrder: SORT_ORDER.ascend,
    });
    const expected = versions.map((version, index) => ({ version, key: keys[index] }));
    goSort(expected, (left, right) => left.version < right.version);
    expect(kvs.map(({ version, key }) => ({ version, key }))).toEqual(expected);
    expect(expected).not.toEqual(
      expected.toSorted(
        (left, right) => left.version - right.version || (String(left.key) < String(right.key) ? -1 : 1),
      ),
    );
  });

  it('sorts before it limits', async () => {
    expect(await names({ sortOrder: SORT_ORDER.descend, limit: 1 })).toBe('c');
  });

  it('reads the store at an old revision', async () => {
    const [, second] = revisions;
    const { kvs, count } = await all({ revision: second ?? 0 });
    expect({ values: kvs.map(({ value }) => value), count }).toEqual({ values: ['3', '2'], count: 2 });
  });

  it('has the newest revision in the header even when it reads an old one', async () => {
    const { header } = await all({ revision: revisions[0] ?? 0 });
    expect(header?.revision).toBe(revisions.at(-1));
  });

  it('does not see keys at an old revision that were deleted by then, but sees them before', async () => {
    const { header } = await etcd.raw.deleteRange(etcd.key('b'));
    const deleted = header?.revision ?? 0;
    expect(await names({ revision: deleted })).toBe('ac');
    expect(await names({ revision: deleted - 1 })).toBe('abc');
  });

  it('leaves out keys changed before min_mod_revision, but counts them', async () => {
    const { kvs, count } = await all({ minModRevision: revisions[2] ?? 0 });
    expect({ values: kvs.map(({ value }) => value), count }).toEqual({ values: ['4', '1'], count: 3 });
  });

  it('leaves out keys created after max_create_revision', async () => {
    expect(await names({ maxCreateRevision: revisions[1] ?? 0 })).toBe('ab');
  });

  it('reads the same serializably, if there is one member', async () => {
    expect(await names({ serializable: true })).toBe('abc');
  });
}
