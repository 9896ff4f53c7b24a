import { expect, it } from 'vitest';
import { PriorityQueue, Queue } from '../../../src/index.js';
import { describeWithGo } from './go-process.js';

const VALUES = Array.from({ length: 20 }, (_, index) => `item ${index}, ü`);

describeWithGo('a queue shared with Go', (world) => {
  const { go, name } = world;
  it('what Go puts in Node takes out, in order', async () => {
    const [queue, producer, key] = shared();
    for (const value of VALUES) await producer.ask('enqueue', key, value);
    const taken: string[] = [];
    for (const _ of VALUES) taken.push((await queue.dequeue()).value);
    expect(taken).toEqual(VALUES);
    await queue.close();
  });

  it('what Node puts in Go takes out, in order', async () => {
    const [queue, consumer, key] = shared();
    for (const value of VALUES) await queue.enqueue(value);
    const taken: string[] = [];
    for (const _ of VALUES) taken.push(await consumer.ask('dequeue', key));
    expect(taken).toEqual(VALUES);
    await queue.close();
  });

  it('a Node consumer that waits gets what Go puts in then', async () => {
    const [queue, producer, key] = shared();
    for (const value of VALUES) {
      const taking = queue.dequeue();
      await producer.ask('enqueue', key, value);
      expect((await taking).value).toBe(value);
    }
    await queue.close();
  });

  it('a Go consumer that waits gets what Node puts in then', async () => {
    const [queue, consumer, key] = shared();
    for (const value of VALUES) {
      const taking = consumer.ask('dequeue', key);
      await queue.enqueue(value);
      expect(await taking).toBe(value);
    }
    await queue.close();
  });

  it('producers and consumers of both kinds lose nothing and take nothing twice', async () => {
    const [queue, other, key] = shared();
    const producer = go();
    const put = async (from: string, enqueue: (value: string) => Promise<unknown>) => {
      for (const value of VALUES) await enqueue(`${from} ${value}`);
    };
    const take = async (dequeue: () => Promise<string>) => {
      const taken: string[] = [];
      for (const _ of VALUES) taken.push(await dequeue());
      return taken;
    };
    const [fromNode, fromGo] = await Promise.all([
      take(async () => (await queue.dequeue()).value),
      take(() => other.ask('dequeue', key)),
      put('node', (value) => queue.enqueue(value)),
      put('go', (value) => producer.ask('enqueue', key, value)),
    ]);
    const sent = ['go', 'node'].flatMap((from) => VALUES.map((value) => `${from} ${value}`));
    expect([...fromNode, ...fromGo].sort()).toEqual(sent.sort());
    await queue.close();
  });

  function shared() {
    const key = name();
    return [new Queue(world.client, key), go(), key] as const;
  }
});

describeWithGo('a priority queue shared with Go', (world) => {
  const { go, name } = world;
  const items = ['9', '2', '65535', '2', '0', '9', '700'].map((priority, index) => ({
    priority,
    value: `${priority}-${index}`,
  }));
  /** The smallest number first; of equal ones, the one that came first. */
  const leaving = ['0-4', '2-1', '2-3', '9-0', '9-5', '700-6', '65535-2'];

  it('what Go puts in leaves in Node by priority', async () => {
    const [queue, producer, key] = shared();
    for (const { value, priority } of items) await producer.ask('enqueue-priority', key, value, priority);
    const taken: string[] = [];
    for (const _ of items) taken.push((await queue.dequeue()).value);
    expect(taken).toEqual(leaving);
    await queue.close();
  });

  it('what Node puts in leaves in Go by priority', async () => {
    const [queue, consumer, key] = shared();
    for (const { value, priority } of items) await queue.enqueue(value, Number(priority));
    const taken: string[] = [];
    for (const _ of items) taken.push(await consumer.ask('dequeue-priority', key));
    expect(taken).toEqual(leaving);
    await queue.close();
  });

  it('of one priority, what either puts in leaves in the order in which it came', async () => {
    const [queue, other, key] = shared();
    for (const value of VALUES) {
      await queue.enqueue(`node ${value}`, 7);
      await other.ask('enqueue-priority', key, `go ${value}`, '7');
    }
    const taken: string[] = [];
    for (const _ of VALUES) {
      taken.push(await other.ask('dequeue-priority', key));
      taken.push((await queue.dequeue()).value);
    }
    expect(taken).toEqual(VALUES.flatMap((value) => [`node ${value}`, `go ${value}`]));
    await queue.close();
  });

  it('consumers that wait get what the other puts in then', async () => {
    const [queue, other, key] = shared();
    for (const value of VALUES) {
      const here = queue.dequeue();
      await other.ask('enqueue-priority', key, value, '3');
      expect((await here).value).toBe(value);
      const there = other.ask('dequeue-priority', key);
      await queue.enqueue(value, 3);
      expect(await there).toBe(value);
    }
    await queue.close();
  });

  function shared() {
    const key = name();
    return [new PriorityQueue(world.client, key), go(), key] as const;
  }
});
