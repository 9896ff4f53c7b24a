import { expect, test } from 'vitest';
import { ERRORS } from '../../sim/etcd/errors.js';
import { FILTER_TYPE, type WatchResponse } from '../../sim/etcd/wire/watch.js';
import { TestCluster } from './harness.js';

/** How long a watcher that wants history may have to wait for it. */
const SYNC_MS = 100;

const eventsOf = (responses: readonly WatchResponse[]): string[] =>
  responses.flatMap(({ events }) =>
    events.map(({ type, kv }) => `${type === 0 ? 'put' : 'delete'} ${kv?.key ?? ''}@${kv?.modRevision ?? 0}`),
  );

function setUp() {
  const cluster = new TestCluster();
  return { cluster, etcd: cluster.client(), host: cluster.host };
}

test('a watcher learns that it was created, at which revision, and with the first id', () => {
  const { etcd } = setUp();
  etcd.put('a');
  const [created] = etcd.watch({ key: 'a' }).take();
  expect(created).toMatchObject({ created: true, canceled: false, watchId: 0n, header: { revision: 2 } });
});

test('a watcher hears of its key alone, one response a revision', () => {
  const { etcd } = setUp();
  const watch = etcd.watch({ key: 'a' });
  watch.take();
  etcd.put('a');
  etcd.put('ab');
  etcd.deleteRange('a');
  const responses = watch.take();
  expect(eventsOf(responses)).toEqual(['put a@2', 'delete a@4']);
  expect(responses.map(({ header }) => header?.revision)).toEqual([2, 4]);
});

test('all changes of one revision come in one response, in the order of the transaction', () => {
  const { etcd } = setUp();
  const watch = etcd.watch({ key: 'a', rangeEnd: 'c' });
  watch.take();
  etcd.txn({
    success: [{ requestPut: { key: 'b' } }, { requestPut: { key: 'a' } }, { requestPut: { key: 'c' } }],
  });
  const responses = watch.take();
  expect(responses).toHaveLength(1);
  expect(eventsOf(responses)).toEqual(['put b@2', 'put a@2']);
});

test('a delete carries key and revision, and nothing else', () => {
  const { etcd } = setUp();
  etcd.put('a', 'value');
  const watch = etcd.watch({ key: 'a' });
  watch.take();
  etcd.deleteRange('a');
  expect(watch.take()[0]?.events[0]).toEqual({
    type: 1,
    kv: { key: 'a', createRevision: 0, modRevision: 3, version: 0, value: '', lease: 0n },
    prevKv: undefined,
  });
});

test('an empty key with no end watches everything', () => {
  const { etcd } = setUp();
  const watch = etcd.watch({ key: '', rangeEnd: '\0' });
  watch.take();
  etcd.put('\0');
  etcd.put('\xff');
  expect(eventsOf(watch.take())).toEqual(['put \0@2', 'put \xff@3']);
});

test('a watcher that starts in the past catches up, then continues without gap or repetition', () => {
  const { etcd, host } = setUp();
  for (let count = 0; count < 3; count++) etcd.put('a');
  const watch = etcd.watch({ key: 'a', startRevision: 3 });
  expect(watch.take()).toHaveLength(1);
  etcd.put('a');
  host.advance(SYNC_MS);
  etcd.put('a');
  const responses = watch.take();
  expect(eventsOf(responses)).toEqual(['put a@3', 'put a@4', 'put a@5', 'put a@6']);
  expect(responses.map(({ header }) => header?.revision)).toEqual([5, 6]);
});

test('a watcher that starts in the future hears nothing before', () => {
  const { etcd } = setUp();
  const watch = etcd.watch({ key: 'a', startRevision: 4 });
  watch.take();
  for (let count = 0; count < 4; count++) etcd.put('a');
  expect(eventsOf(watch.take())).toEqual(['put a@4', 'put a@5']);
});

test('history comes in batches of a thousand revisions', () => {
  const { etcd, host } = setUp();
  for (let count = 0; count < 2500; count++) etcd.put('a');
  const watch = etcd.watch({ key: 'a', rangeEnd: 'b', startRevision: 1 });
  watch.take();
  host.advance(10 * SYNC_MS);
  expect(watch.take().map(({ events }) => events.length)).toEqual([1000, 1000, 500]);
});

test('a compacted revision cannot be watched: created, then cancelled with the revision of the compaction', () => {
  const { etcd, host } = setUp();
  for (let count = 0; count < 4; count++) etcd.put('a');
  etcd.compact(4);
  const watch = etcd.watch({ key: 'a', startRevision: 3 });
  host.advance(SYNC_MS);
  const [created, canceled] = watch.take();
  expect(created).toMatchObject({ created: true, canceled: false });
  expect(canceled).toMatchObject({
    canceled: true,
    compactRevision: 4,
    cancelReason: '',
    header: { revision: 0 },
  });
});

test('the revision of the compaction itself can be watched, deletes included', () => {
  const { etcd, host } = setUp();
  etcd.put('a');
  etcd.deleteRange('a');
  etcd.put('b');
  etcd.compact(3);
  const watch = etcd.watch({ key: '\0', rangeEnd: '\0', startRevision: 3 });
  watch.take();
  host.advance(SYNC_MS);
  expect(eventsOf(watch.take())).toEqual(['delete a@3', 'put b@4']);
});

test('a negative start is refused at once', () => {
  const { etcd } = setUp();
  expect(etcd.watch({ key: 'a', startRevision: -1 }).take()).toMatchObject([
    { created: true, canceled: true, watchId: -1n, compactRevision: 0, cancelReason: ERRORS.compacted.text },
  ]);
});

test('a range that ends before it begins is refused', () => {
  const { etcd } = setUp();
  expect(etcd.watch({ key: 'b', rangeEnd: 'a' }).take()).toMatchObject([
    { created: true, canceled: true, watchId: -1n, cancelReason: 'mvcc: watcher range is empty' },
  ]);
});

test('ids count up around those that were given, and one given twice is refused', () => {
  const { etcd } = setUp();
  const watch = etcd.watch({ key: 'a', watchId: 1n });
  for (const watchId of [0n, 0n, 1n]) watch.send({ createRequest: { key: 'a', watchId } });
  const responses = watch.take();
  expect(responses.map((response) => response.watchId)).toEqual([1n, 0n, 2n, -1n]);
  expect(responses[3]).toMatchObject({
    canceled: true,
    cancelReason: 'mvcc: duplicate watch ID provided on the WatchStream',
  });
});

test('a cancelled watcher says so and hears nothing more, the others continue', () => {
  const { etcd } = setUp();
  const watch = etcd.watch({ key: 'a' }).send({ createRequest: { key: 'a' } });
  watch.take();
  watch.send({ cancelRequest: { watchId: 0n } }).send({ cancelRequest: { watchId: 0n } });
  etcd.put('a');
  expect(watch.take()).toMatchObject([
    { watchId: 0n, canceled: true, created: false },
    { watchId: 1n, canceled: false },
  ]);
});

test('filters leave out puts or deletes; a revision with nothing left is not told', () => {
  const { etcd } = setUp();
  const noPut = etcd.watch({ key: 'a', filters: [FILTER_TYPE.noPut] });
  const noDelete = etcd.watch({ key: 'a', filters: [FILTER_TYPE.noDelete] });
  noPut.take();
  noDelete.take();
  etcd.put('a');
  etcd.deleteRange('a');
  expect(eventsOf(noPut.take())).toEqual(['delete a@3']);
  expect(eventsOf(noDelete.take())).toEqual(['put a@2']);
});

test('events can carry what was there before, except for a creation and what is compacted', () => {
  const { etcd, host } = setUp();
  for (const value of ['1', '2', '3']) etcd.put('a', value);
  etcd.deleteRange('a');
  etcd.compact(3);
  const watch = etcd.watch({ key: 'a', startRevision: 3, prevKv: true });
  watch.take();
  host.advance(SYNC_MS);
  etcd.put('a', '4');
  const previous = watch.take().flatMap(({ events }) => events.map(({ prevKv }) => prevKv?.value));
  expect(previous).toEqual([undefined, '2', '3', undefined]);
});

test('progress is reported on request once every watcher of the stream is synced', () => {
  const { etcd, host } = setUp();
  etcd.put('a');
  const watch = etcd.watch({ key: 'a' }).send({ createRequest: { key: 'b', startRevision: 1 } });
  watch.take();
  watch.send({ progressRequest: {} });
  expect(watch.take()).toEqual([]);
  host.advance(SYNC_MS);
  watch.send({ progressRequest: {} });
  expect(watch.take()).toMatchObject([{ watchId: -1n, header: { revision: 2 }, events: [] }]);
});

test.each([
  ['3.4', true],
  ['3.5', false],
  ['3.6', false],
  ['3.7', false],
] as const)('in %s a progress report can lie below an event that was sent before: %s', (version, canBe) => {
  const etcd = new TestCluster({ version });
  const client = etcd.client();
  const watch = client.watch({ key: 'a' });
  watch.take();
  let isBelow = false;
  for (let round = 0; round < 40; round++) {
    watch.send({ progressRequest: {} });
    client.put('a');
    etcd.host.advance(1);
    const told = watch.take();
    expect(told).toHaveLength(2);
    const revisions = told.map(({ header }) => header?.revision ?? 0);
    isBelow ||= told[0]?.events.length === 1 && (revisions[1] ?? 0) < (revisions[0] ?? 0);
  }
  expect(isBelow).toBe(canBe);
});

test('progress is not told of a stream without watchers, nor before a start in the future', () => {
  const { etcd } = setUp();
  const empty = etcd.watch().send({ progressRequest: {} });
  const early = etcd.watch({ key: 'a', startRevision: 9 });
  early.take();
  early.send({ progressRequest: {} });
  expect([empty.take(), early.take()]).toEqual([[], []]);
});

test('a watcher that asks for progress reports gets one after ten minutes without another response', () => {
  const { etcd, host } = setUp();
  const watch = etcd.watch({ key: 'a', progressNotify: true });
  etcd.put('b');
  watch.take();
  host.advance(11 * 60_000);
  expect(watch.take()).toMatchObject([{ watchId: 0n, header: { revision: 2 }, events: [] }]);
  etcd.put('a');
  watch.take();
  host.advance(11 * 60_000);
  expect(watch.take()).toEqual([]);
  host.advance(11 * 60_000);
  expect(watch.take()).toHaveLength(1);
});

test('a stream without such watchers leaves no timer behind', () => {
  const { etcd, host } = setUp();
  etcd.watch({ key: 'a' });
  expect(host.timers).toBe(0);
  const watch = etcd.watch({ key: 'a', progressNotify: true });
  expect(host.timers).toBe(1);
  watch.server.cancel();
  expect(host.timers).toBe(0);
});

test('a response above the limit is cut into fragments where the watcher can take them', () => {
  const { etcd, host } = setUp();
  const value = 'x'.repeat(700_000);
  for (let count = 0; count < 5; count++) etcd.put('a', value);
  const watch = etcd.watch({ key: 'a', startRevision: 1, fragment: true });
  watch.take();
  host.advance(SYNC_MS);
  const fragments = watch.take();
  expect(fragments.map(({ events, fragment }) => [events.length, fragment])).toEqual([
    [2, true],
    [2, true],
    [1, false],
  ]);
});

test('a client that half-closes still hears; one that is gone does not', () => {
  const { etcd } = setUp();
  const watch = etcd.watch({ key: 'a' });
  watch.take();
  watch.server.halfClose();
  etcd.put('a');
  expect(watch.take()).toHaveLength(1);
  watch.server.cancel();
  etcd.put('a');
  expect([watch.take(), watch.status]).toEqual([[], undefined]);
});
