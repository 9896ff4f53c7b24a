/** Watchers of clients that do not read: their responses are put off, and put together. */
import { expect, test } from 'vitest';
import { WATCH_REQUEST, WATCH_RESPONSE, type WatchResponse } from '../../sim/etcd/wire/watch.js';
import { TestCluster } from './harness.js';

/** A client whose end is full or not, as the test says, and watches the keys that begin with `a`. */
function reluctantWatch(cluster: TestCluster, startRevision = 0) {
  const client = { isFull: false, told: [] as WatchResponse[] };
  const call = cluster.cluster.members[0]?.open('/etcdserverpb.Watch/Watch', new Map(), {
    message: (bytes) => void client.told.push(WATCH_RESPONSE.decode(bytes)),
    status: () => undefined,
    isFull: () => client.isFull,
  });
  const send = (request: Parameters<typeof WATCH_REQUEST.encode>[0]): void =>
    call?.message(WATCH_REQUEST.encode(request));
  send({ createRequest: { key: 'a', rangeEnd: 'b', startRevision } });
  return { client, send };
}

/** The responses that have come since the last time: the header's revision, and those of the events. */
function take(client: { told: WatchResponse[] }): unknown[] {
  return client.told
    .splice(0)
    .map(({ header, events }) => [header?.revision, events.map(({ kv }) => kv?.modRevision)]);
}

test('the first response is kept unchanged, and all later changes follow in one', () => {
  const etcd = new TestCluster();
  const { client } = reluctantWatch(etcd);
  take(client);
  client.isFull = true;
  for (const key of ['a', 'a', 'x', 'aa']) etcd.client().put(key);
  etcd.host.advance(1000);
  expect(take(client)).toEqual([]);
  client.isFull = false;
  etcd.host.advance(10);
  expect(take(client)).toEqual([[2, [2]]]);
  etcd.host.advance(100);
  expect(take(client)).toEqual([[5, [3, 5]]]);
  etcd.client().put('a');
  expect(take(client)).toEqual([[6, [6]]]);
});

test('nothing comes twice if nothing happened in between', () => {
  const etcd = new TestCluster();
  const { client } = reluctantWatch(etcd);
  client.isFull = true;
  etcd.client().put('a');
  client.isFull = false;
  take(client);
  etcd.host.advance(1000);
  expect(take(client)).toEqual([[2, [2]]]);
});

test('history too is kept until the client reads, and progress is not told of it', () => {
  const etcd = new TestCluster();
  etcd.client().put('a');
  const { client, send } = reluctantWatch(etcd, 1);
  take(client);
  client.isFull = true;
  etcd.host.advance(1000);
  send({ progressRequest: {} });
  client.isFull = false;
  send({ progressRequest: {} });
  expect(take(client)).toEqual([]);
  etcd.host.advance(10);
  send({ progressRequest: {} });
  expect(take(client)).toEqual([
    [2, [2]],
    [2, []],
  ]);
});

test('compaction that overtakes it ends the watcher once the client reads', () => {
  const etcd = new TestCluster();
  const { client } = reluctantWatch(etcd);
  client.isFull = true;
  for (let revision = 2; revision <= 5; revision++) etcd.client().put('a');
  etcd.client().compact(5);
  client.isFull = false;
  take(client);
  etcd.host.advance(200);
  expect(client.told).toMatchObject([
    { header: { revision: 2 }, canceled: false },
    { canceled: true, compactRevision: 5 },
  ]);
});

test('a watcher that is cancelled in between receives nothing', () => {
  const etcd = new TestCluster();
  const { client, send } = reluctantWatch(etcd);
  client.isFull = true;
  etcd.client().put('a');
  send({ cancelRequest: { watchId: 0n } });
  client.isFull = false;
  take(client);
  etcd.host.advance(1000);
  expect(take(client)).toEqual([]);
  expect(etcd.host.timers).toBe(0);
});
