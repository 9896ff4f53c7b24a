/** Many requests at once: etcd carries them out one after the other, and clients cannot choose the order. */
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';
import { refusalOf } from '../support/refusal.js';

const AT_ONCE = 40;
const LONG_SECONDS = 120;

function atOnce<T>(begin: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: AT_ONCE }, (_, index) => begin(index)));
}

export function concurrencyBehaviour(etcd: Etcd): void {
  it('gives each of many puts its own revision, without gaps, and notifies watchers in that order', async () => {
    const watch = await etcd.raw.watch({ key: etcd.prefix, rangeEnd: etcd.prefixEnd });
    const puts = await atOnce(async (index) => {
      const key = etcd.key(`key-${index}`);
      return { key, revision: (await etcd.raw.put(key)).header?.revision ?? 0 };
    });
    puts.sort((left, right) => left.revision - right.revision);
    const first = puts[0]?.revision ?? 0;
    expect(puts.map(({ revision }) => revision - first)).toEqual(puts.map((_, index) => index));
    const told = (await watch.events(AT_ONCE)).map(({ kv }) => ({ key: kv?.key, revision: kv?.modRevision }));
    expect(told).toEqual(puts);
  });

  it('counts the versions of one key under concurrent puts in the order of their revisions', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    await atOnce((index) => etcd.raw.put(etcd.key('a'), String(index)));
    const events = await watch.events(AT_ONCE);
    expect(events.map(({ kv }) => kv?.version)).toEqual(events.map((_, index) => index + 1));
    const last = await etcd.raw.range(etcd.key('a'));
    expect(last.kvs[0]).toEqual(events.at(-1)?.kv);
  });

  it('lets one of many create a missing key, and shows the others its value', async () => {
    const key = etcd.key('a');
    const outcomes = await atOnce((index) =>
      etcd.raw.txn({
        compare: [{ key, target: 1, createRevision: 0 }],
        success: [{ requestPut: { key, value: `by ${index}` } }],
        failure: [{ requestRange: { key } }],
      }),
    );
    const winner = outcomes.findIndex(({ succeeded }) => succeeded);
    expect(outcomes.filter(({ succeeded }) => succeeded)).toHaveLength(1);
    const seen = outcomes.flatMap(({ responses }) => responses[0]?.responseRange?.kvs ?? []);
    expect(new Set(seen.map(({ value }) => value))).toEqual(new Set([`by ${winner}`]));
  });

  it('lets one of many delete a key', async () => {
    await etcd.raw.put(etcd.key('a'));
    const deleted = await atOnce(async () => (await etcd.raw.deleteRange(etcd.key('a'))).deleted);
    expect(deleted.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('grants one of many leases with the same requested id', async () => {
    const ID = 777_777n;
    const granted = await atOnce(async () => {
      const refusal = await refusalOf(etcd.raw.grant(LONG_SECONDS, ID)).catch(() => 'granted');
      return typeof refusal === 'string' ? refusal : refusal.details;
    });
    expect(granted.filter((outcome) => outcome === 'granted')).toHaveLength(1);
    expect(new Set(granted)).toEqual(new Set(['granted', 'etcdserver: lease already exists']));
    await etcd.raw.revoke(ID);
  });

  it('shows a write to every read that begins after its answer', async () => {
    await etcd.raw.put(etcd.key('counter'), '0');
    const behind = await atOnce(async (index) => {
      const { header } = await etcd.raw.put(etcd.key('counter'), String(index));
      const { kvs } = await etcd.raw.range(etcd.key('counter'));
      return (kvs[0]?.modRevision ?? 0) < (header?.revision ?? 0);
    });
    expect(behind).not.toContain(true);
  });
}
