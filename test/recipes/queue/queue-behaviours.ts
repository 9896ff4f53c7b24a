/** What a user may rely on in queues without faults: run on the simulated and on the real etcd. */
import type { Namespace } from 'etcd3';
import { expect } from 'vitest';
import type { Behaviour } from '../behaviour.js';
import { ClosedError, PriorityQueue, Queue } from '../../../src/index.js';

const reason = new Error('enough');

async function take(queue: Queue, count: number): Promise<string[]> {
  const values: string[] = [];
  for (let taken = 0; taken < count; taken++) values.push((await queue.dequeue()).value);
  return values;
}

function put(client: Namespace, key: string, value: string) {
  return client.put(key).value(value).exec();
}

async function keysUnder(client: Namespace, prefix: string): Promise<string[]> {
  return client.getAll().prefix(prefix).keys();
}

/** Many keys under a prefix, as queues with similar names leave them. */
async function fill(client: Namespace, prefix: string, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => prefix + String(index).padStart(6, '0'));
  for (let start = 0; start < count; start += 100) {
    const puts = names.slice(start, start + 100).map((name) => client.put(name).value('stranger'));
    await client
      .if(prefix, 'Version', '==', 0)
      .then(...puts)
      .commit();
  }
}

export const queueBehaviours: readonly Behaviour[] = [
  {
    name: 'items leave in the order they came, each once',
    async run(client) {
      const queue = new Queue(client, 'q');
      for (const value of ['a', 'b', 'c']) await queue.enqueue(value);
      expect(await take(queue, 3)).toEqual(['a', 'b', 'c']);
      expect(await keysUnder(client, 'q')).toEqual([]);
    },
  },
  {
    name: 'values are bytes, and may be empty',
    async run(client) {
      const queue = new Queue(client, 'q');
      const bytes = Buffer.from([0, 255, 10, 128]);
      await queue.enqueue(bytes);
      await queue.enqueue('');
      await queue.enqueue('Zürich');
      expect((await queue.dequeue()).bytes.equals(bytes)).toBe(true);
      expect(await queue.dequeue()).toMatchObject({ value: '' });
      expect(await queue.dequeue()).toMatchObject({ value: 'Zürich', bytes: Buffer.from('Zürich') });
    },
  },
  {
    name: 'an item is the key <name>/<nanoseconds>, put at the revision that enqueue reports',
    async run(client) {
      const queue = new Queue(client, 'jobs/today');
      const { revision } = await queue.enqueue('a');
      const { kvs } = await client.getAll().prefix('jobs').exec();
      expect(kvs).toHaveLength(1);
      expect(kvs[0]?.key.toString()).toMatch(/^jobs\/today\/\d{19}$/);
      expect(kvs[0]).toMatchObject({ value: Buffer.from('a'), mod_revision: String(revision) });
    },
  },
  {
    name: 'dequeue reports the revision at which the item left',
    async run(client) {
      const queue = new Queue(client, 'q');
      await queue.enqueue('a');
      const { revision } = await queue.dequeue();
      expect(Number((await client.get('q').exec()).header.revision)).toBe(revision);
    },
  },
  {
    name: 'order is that of revisions, not of keys: clocks may differ',
    async run(client) {
      await put(client, 'q/1800000000000000002', 'first');
      await put(client, 'q/1800000000000000001', 'second');
      expect(await take(new Queue(client, 'q'), 2)).toEqual(['first', 'second']);
    },
  },
  {
    name: 'a dequeue waits for an item, and several are served in the order of their calls',
    async run(client) {
      const [producer, consumer] = [new Queue(client, 'q'), new Queue(client, 'q')];
      const waiting = [consumer.dequeue(), consumer.dequeue()];
      await producer.enqueue('a');
      await producer.enqueue('b');
      expect((await Promise.all(waiting)).map(({ value }) => value)).toEqual(['a', 'b']);
    },
  },
  {
    name: 'queues whose names are prefixes of one another do not mix',
    async run(client) {
      const names = ['q', 'q/1', 'q/x', 'q2', 'q/', '__q', 'q/00005'];
      const queues = names.map((name) => new Queue(client, name));
      const urgent = ['q', 'q/00005', '__q'].map((name) => new PriorityQueue(client, name));
      for (const round of [1, 2]) {
        for (const [index, queue] of queues.entries()) await queue.enqueue(`${names[index]} ${round}`);
        for (const [index, queue] of urgent.entries()) await queue.enqueue(`priority ${index} ${round}`, 5);
      }
      for (const [index, queue] of queues.entries()) {
        expect(await take(queue, 2)).toEqual([`${names[index]} 1`, `${names[index]} 2`]);
      }
      for (const [index, queue] of urgent.entries()) {
        for (const round of [1, 2]) {
          expect(await queue.dequeue()).toMatchObject({ value: `priority ${index} ${round}`, priority: 5 });
        }
      }
      expect(
        (await keysUnder(client, '')).filter((key) => !key.startsWith('recipe-commits/')).sort(),
      ).toEqual(['____q/00005', '__q/00005', '__q/00005/00005']);
    },
  },
  {
    name: 'an item is found behind any number of strangers’ keys, and they stay',
    async run(client) {
      await fill(client, 'q/1/', 1100);
      const queue = new Queue(client, 'q');
      const waiting = queue.dequeue();
      await queue.enqueue('a');
      expect((await waiting).value).toBe('a');
      await queue.enqueue('b');
      await queue.enqueue('c');
      await put(client, 'q/1/999999', 'stranger');
      expect(await take(queue, 2)).toEqual(['b', 'c']);
      expect(await keysUnder(client, 'q/')).toHaveLength(1101);
    },
  },
  {
    name: 'an item is found where a page of strangers’ keys ends amid those of its revision',
    async run(client) {
      const queue = new Queue(client, 'q');
      for (const strangers of [998, 999, 1000]) {
        await fill(client, 'q/1/', strangers);
        const item = `q/${1_800_000_000_000_000_000n + BigInt(strangers)}`;
        // On both sides of the item by its key, in whichever order etcd sorts keys of one revision.
        await client
          .if(item, 'Version', '==', 0)
          .then(...['q/1/x', 'q/9/x', item].map((key) => client.put(key).value(key)))
          .commit();
        expect((await queue.dequeue()).value).toBe(item);
        await client.delete().prefix('q/');
      }
    },
  },
  {
    name: 'many who take at the same time get every item once',
    async run(client) {
      const producers = [1, 2, 3].map(() => new Queue(client, 'q'));
      const consumers = [1, 2, 3, 4].map(() => new Queue(client, 'q'));
      const taking = consumers.flatMap((queue) => [1, 2, 3].map(() => queue.dequeue()));
      const put = producers.flatMap((queue, from) => [1, 2, 3, 4].map((n) => queue.enqueue(`${from}-${n}`)));
      await Promise.all(put);
      const taken = (await Promise.all(taking)).map(({ value }) => value);
      expect([...new Set(taken)]).toHaveLength(12);
    },
  },
  {
    name: 'a dequeue that is given up while it waits takes nothing, and delays nobody',
    async run(client) {
      const queue = new Queue(client, 'q');
      const end = new AbortController();
      const waiting = queue.dequeue({ signal: end.signal });
      const next = queue.dequeue();
      const late = queue.dequeue({ signal: end.signal });
      end.abort(reason);
      await expect(waiting).rejects.toBe(reason);
      await expect(late).rejects.toBe(reason);
      await queue.enqueue('a');
      expect((await next).value).toBe('a');
    },
  },
  {
    name: 'a call whose signal is aborted already does nothing',
    async run(client) {
      const queue = new Queue(client, 'q');
      const signal = AbortSignal.abort(reason);
      await expect(queue.enqueue('a', { signal })).rejects.toBe(reason);
      await expect(queue.dequeue({ signal })).rejects.toBe(reason);
      expect(await keysUnder(client, '')).toEqual([]);
    },
  },
  {
    name: 'close ends what waits, takes the commit records along, and leaves the items',
    async run(client) {
      const queue = new Queue(client, 'q');
      await queue.enqueue('a');
      await queue.dequeue();
      const waiting = queue.dequeue();
      const ended = expect(waiting).rejects.toBeInstanceOf(ClosedError);
      await queue.close();
      await ended;
      await expect(queue.enqueue('b')).rejects.toMatchObject({ name: 'ClosedError', definite: true });
      await queue.close();
      await new Queue(client, 'q', { recordPrefix: 'records/' }).enqueue('c');
      const keys = await keysUnder(client, '');
      expect(keys.filter((key) => !key.startsWith('records/'))).toEqual([expect.stringMatching(/^q\/\d+$/)]);
    },
  },
];
