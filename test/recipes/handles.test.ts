/** What holds for the handles of all recipes: where their records lie, how they are named, what a refused reading says. */
import { EtcdPermissionDeniedError, type Namespace } from 'etcd3';
import { describe, expect, it } from 'vitest';
import {
  Barrier,
  DoubleBarrier,
  Election,
  ElectionObserver,
  Mutex,
  PriorityQueue,
  Queue,
  RWMutex,
  Session,
  STM,
  type Transaction,
} from '../../src/index.js';
import { FakeKv } from './fake/kv.js';
import { FakeNetwork, type SentRequest } from './fake/network.js';
import { inSimulation } from './in-simulation.js';

interface Options {
  readonly recordPrefix?: string;
}

/** Something that is written through each handle, under these options. */
const writes: readonly (readonly [string, (client: Namespace, options: Options) => Promise<unknown>])[] = [
  ['a queue', (client, options) => new Queue(client, 'q', options).enqueue('a')],
  ['a priority queue', (client, options) => new PriorityQueue(client, 'q', options).enqueue('a', 1)],
  ['a barrier', (client, options) => new Barrier(client, 'b', options).hold()],
  ['an STM', (client, options) => new STM(client, options).run((tx) => tx.put('a', '1'))],
  ['a session', async (client, options) => new Mutex(await Session.open(client, options), 'l').lock()],
];

describe.each(writes)('the commit records of %s', (what, write) => {
  it('lie where everybody leaves alone what lies there', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      await write(client, {});
      const prefix = what === 'an STM' ? 'stm-commits/' : 'recipe-commits/';
      expect(await client.getAll().prefix(prefix).count()).toBe(1);
    });
  });

  it('lie under the prefix that the options name', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      await write(client, { recordPrefix: 'records/' });
      expect(await client.getAll().prefix('records/').count()).toBe(1);
      expect(await client.getAll().prefix('recipe-commits/').count()).toBe(0);
      expect(await client.getAll().prefix('stm-commits/').count()).toBe(0);
    });
  });
});

/** Something that reads through each handle, by what its errors name. */
const readings: readonly (readonly [string, (client: Namespace, session: Session) => Promise<unknown>])[] = [
  ['cannot read the queue', (client) => new Queue(client, 'q').dequeue()],
  ['cannot read the queue', (client) => new PriorityQueue(client, 'q').dequeue()],
  ['cannot read the queue', (client) => new PriorityQueue(client, 'q').enqueue('a', 1)],
  ['cannot read the barrier b', (client) => new Barrier(client, 'b').wait()],
  ['cannot read the barrier at d/waiters/', (_, session) => new DoubleBarrier(session, 'd', 2).enter()],
  ['cannot read the election e', (client) => new ElectionObserver(client, 'e').leader()],
  ['cannot read the election e', (client) => new ElectionObserver(client, 'e').observe().next()],
  ['cannot read a', (client) => new STM(client).run((tx) => tx.get('a'))],
];

describe('a reading that etcd refuses is definite', () => {
  it.each(readings)('%s', async (what, read) => {
    const network = new FakeNetwork(new FakeKv());
    const client = network.client();
    const session = await Session.open(client);
    network.decide = () => 'refused';
    const rejected = await read(client, session).catch((error: unknown) => error);
    expect(rejected).toMatchObject({
      name: 'DefiniteError',
      definite: true,
      message: `${what}: 7 PERMISSION_DENIED: etcdserver: permission denied`,
      cause: expect.any(EtcdPermissionDeniedError) as unknown,
    });
    network.decide = () => 'pass';
    await session.close();
  });

  it.each([
    // The first reading of a key is none that confirms it.
    [
      'cannot confirm the reads',
      2,
      ({ read }: SentRequest) => read.includes('a'),
      (tx: Transaction) => tx.get('a'),
    ],
    [
      'cannot commit',
      1,
      ({ written }: SentRequest) => written.includes('a'),
      (tx: Transaction) => tx.put('a', '1'),
    ],
    [
      'cannot write a commit record',
      1,
      ({ written }: SentRequest) => written.some((key) => key.startsWith('stm-commits/')),
      (tx: Transaction) => tx.put('a', '1'),
    ],
  ] as const)('%s of a transaction', async (what, nth, concerns, body) => {
    const network = new FakeNetwork(new FakeKv());
    let requests = 0;
    network.decide = (request) => (concerns(request) && ++requests >= nth ? 'refused' : 'pass');
    await expect(new STM(network.client()).run(async (tx) => void (await body(tx)))).rejects.toMatchObject({
      name: 'DefiniteError',
      message: `${what}: 7 PERMISSION_DENIED: etcdserver: permission denied`,
      cause: expect.any(EtcdPermissionDeniedError) as unknown,
    });
  });

  it('a line that cannot be read gives the place up', async () => {
    const kv = new FakeKv();
    const network = new FakeNetwork(kv);
    const session = await Session.open(network.client());
    network.decide = ({ writes, method }) => (method === 'txn' && !writes ? 'refused' : 'pass');
    await expect(new Mutex(session, 'l').lock()).rejects.toMatchObject({
      definite: true,
      message: 'cannot read the line l/: 7 PERMISSION_DENIED: etcdserver: permission denied',
    });
    expect(kv.keys('l/')).toEqual([]);
    await session.close();
  });

  it('a session that cannot be opened says so', async () => {
    const network = new FakeNetwork(new FakeKv());
    network.decide = () => 'refused';
    await expect(Session.open(network.client())).rejects.toMatchObject({
      definite: true,
      message: 'cannot open a session: 7 PERMISSION_DENIED: etcdserver: permission denied',
      cause: expect.any(EtcdPermissionDeniedError) as unknown,
    });
  });

  it('a write that etcd refuses, or whose record it refuses, says so', async () => {
    for (const [refused, what] of [
      ['b', 'cannot write: '],
      ['recipe-commits/', 'cannot write a commit record: '],
    ] as const) {
      const network = new FakeNetwork(new FakeKv());
      network.decide = ({ written }) =>
        written.some((key) => key.startsWith(refused)) && (refused !== 'b' || written.includes('b'))
          ? 'refused'
          : 'pass';
      await expect(new Barrier(network.client(), 'b').hold()).rejects.toMatchObject({
        definite: true,
        message: `${what}7 PERMISSION_DENIED: etcdserver: permission denied`,
        cause: expect.any(EtcdPermissionDeniedError) as unknown,
      });
    }
  });
});

/** A call of each handle after it was closed. */
const closed: readonly (readonly [string, (client: Namespace, session: Session) => Promise<unknown>])[] = [
  ['the queue q', (client) => afterClosing(new Queue(client, 'q'), (queue) => queue.enqueue('a'))],
  [
    'the priority queue q',
    (client) => afterClosing(new PriorityQueue(client, 'q'), (queue) => queue.dequeue()),
  ],
  ['the barrier b', (client) => afterClosing(new Barrier(client, 'b'), (barrier) => barrier.hold())],
  [
    'the double barrier d',
    (_, session) => afterClosing(new DoubleBarrier(session, 'd', 1), (d) => d.enter()),
  ],
  ['the lock l', (_, session) => afterClosing(new Mutex(session, 'l'), (mutex) => mutex.lock())],
  ['the lock l', (_, session) => afterClosing(new RWMutex(session, 'l'), (mutex) => mutex.readLock())],
  ['the election e', (_, session) => afterClosing(new Election(session, 'e'), (e) => e.campaign('me'))],
  ['the election e', (client) => afterClosing(new ElectionObserver(client, 'e'), (e) => e.leader())],
];

async function afterClosing<H extends { close(): Promise<void> }>(
  handle: H,
  call: (handle: H) => Promise<unknown>,
): Promise<unknown> {
  await handle.close();
  return call(handle);
}

it.each(closed)('%s, once closed, says so and writes nothing', async (what, call) => {
  const kv = new FakeKv();
  const client = new FakeNetwork(kv).client();
  const session = await Session.open(client);
  await expect(call(client, session)).rejects.toMatchObject({
    name: 'ClosedError',
    definite: true,
    message: `${what} is closed`,
  });
  expect(kv.keys('').filter((key) => !key.startsWith('recipe-commits/'))).toEqual([]);
  await session.close();
});
