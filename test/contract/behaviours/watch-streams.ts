/** Several watchers on one stream: their ids, their ends, and the stream's progress reports. */
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';

/** Stands for all watchers of a stream, and for one that was not created. */
const NO_WATCH_ID = -1n;

export function watchStreamBehaviour(etcd: Etcd): void {
  it('numbers its watchers from 0', async () => {
    const watch = await etcd.raw.watch();
    const first = await watch.create({ key: etcd.key('a') });
    const second = await watch.create({ key: etcd.key('b') });
    expect([first.watchId, second.watchId]).toEqual([0n, 1n]);
  });

  it('accepts an id that the client chooses', async () => {
    const watch = await etcd.raw.watch();
    expect(await watch.create({ key: etcd.key('a'), watchId: 7n })).toMatchObject({ watchId: 7n });
    await etcd.raw.put(etcd.key('a'));
    expect(await watch.next()).toMatchObject({ watchId: 7n });
  });

  it('refuses an id in use, and keeps its watcher', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a'), watchId: 7n });
    const refused = await watch.create({ key: etcd.key('b'), watchId: 7n });
    expect(refused).toMatchObject({ created: true, canceled: true, watchId: NO_WATCH_ID });
    expect(refused.cancelReason).toBe('mvcc: duplicate watch ID provided on the WatchStream');
    await etcd.raw.put(etcd.key('a'), 'one');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put a=one']);
  });

  it('refuses an empty range', async () => {
    const watch = await etcd.raw.watch();
    const refused = await watch.create({ key: etcd.key('b'), rangeEnd: etcd.key('a') });
    expect(refused).toMatchObject({ created: true, canceled: true, watchId: NO_WATCH_ID });
    expect(refused.cancelReason).toBe('mvcc: watcher range is empty');
  });

  it('ends a watcher on request, and confirms it after its last event', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a') }, { key: etcd.key('b') });
    watch.cancel(0n);
    expect(await watch.next()).toMatchObject({ watchId: 0n, canceled: true, cancelReason: '' });
    await etcd.raw.put(etcd.key('a'), 'unheard');
    await etcd.raw.put(etcd.key('b'), 'heard');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put b=heard']);
  });

  it('ignores the cancellation of an unknown watcher', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    watch.cancel(99n);
    await etcd.raw.put(etcd.key('a'), 'one');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put a=one']);
  });

  it('reports a change to each of its watchers', async () => {
    const watch = await etcd.raw.watch(
      { key: etcd.key('a') },
      { key: etcd.prefix, rangeEnd: etcd.prefixEnd },
    );
    await etcd.raw.put(etcd.key('a'), 'one');
    const ids = [(await watch.next()).watchId, (await watch.next()).watchId];
    expect(new Set(ids)).toEqual(new Set([0n, 1n]));
  });

  it('reports progress, for all watchers at once, on request', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    // Of another key: the watcher has no event and still makes progress.
    const { header } = await etcd.raw.put(etcd.key('b'));
    watch.requestProgress();
    expect(await watch.next()).toMatchObject({
      watchId: NO_WATCH_ID,
      events: [],
      header: { revision: header?.revision },
    });
  });

  it('reports its progress only after all earlier events', async () => {
    const watch = await etcd.raw.watch({ key: etcd.key('a') });
    await etcd.raw.put(etcd.key('a'), 'one');
    expect(await watch.told(1, etcd.prefix)).toEqual(['put a=one']);
    watch.requestProgress();
    expect(await watch.next()).toMatchObject({ watchId: NO_WATCH_ID });
  });

  it('has its own ids', async () => {
    const first = await etcd.raw.watch();
    const second = await etcd.raw.watch();
    expect(await first.create({ key: etcd.key('a') })).toMatchObject({ watchId: 0n });
    expect(await second.create({ key: etcd.key('a') })).toMatchObject({ watchId: 0n });
  });

  it('splits a response of more than 2 MiB into several on request, but never an event', async () => {
    const [before, after] = ['x'.repeat(600_000), 'y'.repeat(600_000)];
    const keys = ['a', 'b'].map((name) => etcd.key(name));
    for (const key of keys) await etcd.raw.put(key, before);
    const range = { key: etcd.prefix, rangeEnd: etcd.prefixEnd, prevKv: true };
    const watch = await etcd.raw.watch({ ...range, fragment: true }, range);
    const success = keys.map((key) => ({ requestPut: { key, value: after } }));
    await etcd.raw.txn({ compare: [], success, failure: [] });
    const responses = [await watch.next(), await watch.next(), await watch.next()];
    const ofWatcher = (id: bigint): unknown[] =>
      responses
        .filter(({ watchId }) => watchId === id)
        .map(({ fragment, events }) => [fragment, events.map(({ kv }) => kv?.key)]);
    expect(ofWatcher(0n)).toEqual([
      [true, [keys[0]]],
      [false, [keys[1]]],
    ]);
    expect(ofWatcher(1n)).toEqual([[false, keys]]);
  });

  it('keeps one response for each watcher of a client that does not read, and sends the rest at once later', async () => {
    // In pieces that a client accepts: it has more than 4 MiB to catch up with.
    const watch = await etcd.raw.watch({ key: etcd.key('a'), fragment: true });
    watch.pause();
    const puts = 600;
    for (let index = 0; index < puts; index++) await etcd.raw.put(etcd.key('a'), 'x'.repeat(20_000));
    watch.resume();
    const responses: Awaited<ReturnType<typeof watch.next>>[] = [];
    const events = (): (number | undefined)[] =>
      responses.flatMap((response) => response.events.map(({ kv }) => kv?.version));
    while (events().length < puts) responses.push(await watch.next());
    expect(events()).toEqual(Array.from({ length: puts }, (_, index) => index + 1));
    expect(responses.length).toBeLessThan(puts);
    for (const { header, events: told } of responses) {
      expect(header?.revision).toBeGreaterThanOrEqual(told.at(-1)?.kv?.modRevision ?? 0);
    }
  });
}
