/** What a user may rely on in priority queues without faults: run on the simulated and on the real etcd. */
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import { ClosedError, ConflictError, PriorityQueue, Queue } from '../../../src/index.js';
import { isWaiting, type Behaviour } from '../behaviour.js';

async function take(queue: PriorityQueue, count: number): Promise<string[]> {
  const values: string[] = [];
  for (let taken = 0; taken < count; taken++) values.push((await queue.dequeue()).value);
  return values;
}

function put(client: Namespace, key: string, value: string) {
  return client.put(key).value(value).exec();
}

export const priorityQueueBehaviours: readonly Behaviour[] = [
  {
    name: 'the smaller number leaves first, and of one number what came first',
    async run(client) {
      const queue = new PriorityQueue(client, 'q');
      const order: readonly (readonly [string, number])[] = [
        ['e', 65_535],
        ['c', 10],
        ['a', 0],
        ['d', 10],
        ['b', 9],
      ];
      for (const [value, priority] of order) await queue.enqueue(value, priority);
      expect(await queue.dequeue()).toMatchObject({ value: 'a', bytes: Buffer.from('a'), priority: 0 });
      expect(await take(queue, 4)).toEqual(['b', 'c', 'd', 'e']);
    },
  },
  {
    name: 'an item is the key <name>/<priority>/<number>, put together with its base key',
    async run(client) {
      const queue = new PriorityQueue(client, 'jobs');
      await queue.enqueue('a', 7);
      const { revision } = await queue.enqueue('b', 7);
      expect(await client.getAll().prefix('jobs').strings()).toEqual({
        'jobs/00007/0000000000000000': 'a',
        'jobs/00007/0000000000000001': 'b',
      });
      const [base] = (await client.get('__jobs/00007').exec()).kvs;
      expect(base).toMatchObject({ value: Buffer.alloc(0), mod_revision: String(revision) });
    },
  },
  {
    name: 'numbers go on after the last item of any client, and begin again in an empty queue',
    async run(client) {
      const queue = new PriorityQueue(client, 'q');
      await put(client, 'q/00003/0000000000000041', 'theirs');
      await queue.enqueue('ours', 3);
      expect(await client.get('q/00003/0000000000000042').string()).toBe('ours');
      expect(await take(queue, 2)).toEqual(['theirs', 'ours']);
      await queue.enqueue('new', 3);
      expect(await client.get('q/00003/0000000000000000').string()).toBe('new');
    },
  },
  {
    name: 'keys of queues with similar names neither come out nor count',
    async run(client) {
      const queue = new PriorityQueue(client, 'q');
      await queue.enqueue('a', 5);
      const strangers = [
        'q/00005/1800000000000000000',
        'q/00005/00001/0000000000000000',
        'q/00005/99999/0000000000000000',
        'q/00001/x',
        'q/00001',
        'q/1800000000000000000',
        'q/0',
        'q/000050/0000000000000007',
      ];
      for (const key of strangers) await put(client, key, 'stranger');
      await queue.enqueue('b', 5);
      expect(await client.get('q/00005/0000000000000001').string()).toBe('b');
      expect(await take(queue, 2)).toEqual(['a', 'b']);
      expect((await client.getAll().prefix('q/').keys()).sort()).toEqual([...strangers].sort());
    },
  },
  {
    name: 'a queue named like the base keys of another does not take them',
    async run(client) {
      const [queue, other] = [new PriorityQueue(client, 'q'), new PriorityQueue(client, '__q')];
      await queue.enqueue('a', 5);
      await other.enqueue('b', 5);
      expect(await take(other, 1)).toEqual(['b']);
      expect(await client.get('__q/00005').string()).toBe('');
      expect(await take(queue, 1)).toEqual(['a']);
    },
  },
  {
    name: 'a first-in-first-out queue named like one of its priorities neither gives it items nor counts',
    async run(client) {
      const [other, queue] = [new Queue(client, 'q/00005'), new PriorityQueue(client, 'q')];
      await other.enqueue('theirs');
      const taking = queue.dequeue();
      expect(await isWaiting(client, taking)).toBe(true);
      await queue.enqueue('own', 5);
      expect((await taking).value).toBe('own');
      await queue.enqueue('own', 5);
      // Numbers begin again in an empty queue.
      expect(await client.get('q/00005/0000000000000000').string()).toBe('own');
      expect((await other.dequeue()).value).toBe('theirs');
    },
  },
  {
    name: 'an item is found behind a page of strangers’ keys',
    async run(client) {
      const names = Array.from({ length: 1001 }, (_, index) => `q/0000${String(index).padStart(6, '0')}`);
      for (let start = 0; start < names.length; start += 100) {
        const puts = names.slice(start, start + 100).map((name) => client.put(name).value('stranger'));
        await client
          .if('q', 'Version', '==', 0)
          .then(...puts)
          .commit();
      }
      const queue = new PriorityQueue(client, 'q');
      await queue.enqueue('b', 7);
      await queue.enqueue('a', 6);
      expect(await queue.dequeue()).toMatchObject({ value: 'a', priority: 6 });
    },
  },
  {
    name: 'a dequeue waits for an item',
    async run(client) {
      const [producer, consumer] = [new PriorityQueue(client, 'q'), new PriorityQueue(client, 'q')];
      const waiting = consumer.dequeue();
      await producer.enqueue('a', 1);
      expect((await waiting).value).toBe('a');
    },
  },
  {
    name: 'many who put and take at the same time lose and double nothing',
    async run(client) {
      const handles = [1, 2, 3, 4].map(() => new PriorityQueue(client, 'q'));
      const putting = handles.flatMap((queue, from) =>
        [1, 2, 3].map((n) => queue.enqueue(`${from}-${n}`, n % 2)),
      );
      const taking = handles.flatMap((queue) => [1, 2, 3].map(() => queue.dequeue()));
      await Promise.all(putting);
      const taken = (await Promise.all(taking)).map(({ value }) => value);
      expect([...new Set(taken)]).toHaveLength(12);
    },
  },
  {
    name: 'an enqueue with one attempt that finds others quicker has put nothing',
    async run(client) {
      const handles = [1, 2, 3, 4].map(() => new PriorityQueue(client, 'q', { maxAttempts: 1 }));
      const ends = await Promise.allSettled(handles.map((queue, index) => queue.enqueue(String(index), 1)));
      const kept = ends.flatMap((end, index) => (end.status === 'fulfilled' ? [String(index)] : []));
      for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(ConflictError);
      expect(Object.values(await client.getAll().prefix('q/').strings()).sort()).toEqual(kept);
      expect(kept.length).toBeGreaterThan(0);
    },
  },
  {
    name: 'a priority that is none is refused, and nothing is put',
    async run(client) {
      const queue = new PriorityQueue(client, 'q');
      for (const priority of [-1, 65_536, 1.5, NaN]) {
        const refused = await queue.enqueue('a', priority).catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(RangeError);
        expect(String(refused)).toMatch(new RegExp(`65535.*got ${priority}$`));
      }
      expect(await client.getAll().keys()).toEqual([]);
    },
  },
  {
    name: 'close ends what waits, and takes the commit records along',
    async run(client) {
      const queue = new PriorityQueue(client, 'q');
      await queue.enqueue('a', 1);
      await queue.dequeue();
      const ended = expect(queue.dequeue()).rejects.toBeInstanceOf(ClosedError);
      await queue.close();
      await ended;
      expect(await client.getAll().keys()).toEqual(['__q/00001']);
    },
  },
];
