/** Queues whose messages are lost, late or cut off, and whose callers give up, each at every moment there is. */
import { describe, expect, it, vi } from 'vitest';
import type { LinkMessage, LinkVerdict } from '../../../sim/network/rule.js';
import { PriorityQueue, Queue, type QueueOptions } from '../../../src/index.js';
import { delayRequest } from '../delays.js';
import { FakeKv } from '../fake/kv.js';
import { FakeNetwork } from '../fake/network.js';
import { inSimulation, type SimulatedEtcd } from '../in-simulation.js';

/** A handle without regard to priorities. */
interface Handle {
  enqueue(value: string, signal?: AbortSignal): Promise<unknown>;
  dequeue(signal?: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

const kinds: readonly (readonly [string, (etcd: SimulatedEtcd, node: string) => Handle])[] = [
  [
    'a queue',
    (etcd, node) => {
      const queue = new Queue(etcd.client(node), 'q');
      return {
        enqueue: (value, signal) => queue.enqueue(value, { signal }),
        dequeue: async (signal) => (await queue.dequeue({ signal })).value,
        close: () => queue.close(),
      };
    },
  ],
  [
    'a priority queue',
    (etcd, node) => {
      const queue = new PriorityQueue(etcd.client(node), 'q');
      return {
        enqueue: (value, signal) => queue.enqueue(value, 5, { signal }),
        dequeue: async (signal) => (await queue.dequeue({ signal })).value,
        close: () => queue.close(),
      };
    },
  ],
];

/** What happens to the n-th message of a transaction in one direction. */
const fates: Readonly<
  Record<
    string,
    { readonly of: LinkMessage['direction']; readonly verdict: LinkVerdict; readonly cut?: true }
  >
> = {
  'request lost': { of: 'request', verdict: { kind: 'drop' } },
  'reply lost': { of: 'reply', verdict: { kind: 'drop' } },
  // etcd3 sends it again by itself then.
  'request lost, connection cut': { of: 'request', verdict: { kind: 'drop' }, cut: true },
  'reply lost, connection cut': { of: 'reply', verdict: { kind: 'drop' }, cut: true },
  // It arrives when its call has long been repeated.
  'request late': { of: 'request', verdict: { kind: 'delay', byUs: 7_000_000 } },
  'reply late': { of: 'reply', verdict: { kind: 'delay', byUs: 7_000_000 } },
};

/** Lets the n-th transaction of the node meet a fate. */
function strike(etcd: SimulatedEtcd, node: string, fate: string, nth: number): void {
  const { of, verdict, cut } = fates[fate] ?? { of: 'request', verdict: { kind: 'pass' } };
  const link = etcd.network.link(node, 'm1');
  let seen = 0;
  link.addRule(({ direction, method }) => {
    if (direction !== of || !method.endsWith('/Txn')) return { kind: 'pass' };
    seen += 1;
    if (seen !== nth) return { kind: 'pass' };
    if (cut === true) queueMicrotask(() => link.connection.reset('closed'));
    return verdict;
  });
}

/** The values in the queue, in order, read by another node. */
async function rest(etcd: SimulatedEtcd): Promise<string[]> {
  const { kvs } = await etcd.client().getAll().prefix('q/').sort('Mod', 'Ascend').exec();
  return kvs.map(({ value }) => value.toString());
}

const LATE_COPIES_MS = 20_000;

describe.each(kinds)('%s', (_, open) => {
  it.each(Object.keys(fates))('loses and doubles nothing, whichever transaction meets: %s', async (fate) => {
    for (let nth = 1; nth <= 9; nth++) {
      await inSimulation(async (etcd) => {
        strike(etcd, 'n1', fate, nth);
        await etcd.as('n1', async () => {
          const handle = open(etcd, 'n1');
          await handle.enqueue('a');
          await handle.enqueue('b');
          await handle.enqueue('c');
          expect([await handle.dequeue(), await handle.dequeue()]).toEqual(['a', 'b']);
          await handle.close();
        });
        await etcd.passes(LATE_COPIES_MS);
        expect({ nth, rest: await rest(etcd) }).toEqual({ nth, rest: ['c'] });
      });
    }
  });

  it.each(['', 'reply lost, connection cut', 'request lost, connection cut'])(
    'gives an item or keeps it, whenever a dequeue is given up (%s)',
    async (fate) => {
      const ends = new Set<string>();
      for (let moment = 0; moment <= 24; moment++) {
        await inSimulation(
          async (etcd) => {
            const producer = open(etcd, 'n2');
            for (const value of ['a', 'b']) await etcd.as('n2', () => producer.enqueue(value));
            await etcd.as('n1', async () => {
              const handle = open(etcd, 'n1');
              // Its commit record exists, so that the fault strikes the claim.
              await handle.enqueue('c');
              strike(etcd, 'n1', fate, 1);
              const end = new AbortController();
              const taking = handle.dequeue(end.signal).catch((error: unknown) => error);
              if (moment === 0) end.abort('enough');
              else setTimeout(() => end.abort('enough'), moment / 3);
              const taken = await taking;
              ends.add(String(taken));
              await etcd.passes(LATE_COPIES_MS);
              const left = await rest(etcd);
              expect({ moment, taken, left }).toEqual(
                taken === 'a'
                  ? { moment, taken, left: ['b', 'c'] }
                  : { moment, taken: 'enough', left: ['a', 'b', 'c'] },
              );
            });
          },
          { seed: moment },
        );
      }
      expect([...ends].sort()).toEqual(['a', 'enough']);
    },
  );

  it('puts an item or does not, whenever an enqueue is given up, and its late copies change nothing', async () => {
    const ends = new Set<string>();
    for (const fate of ['', 'reply lost, connection cut', 'request late']) {
      for (let moment = 0; moment <= 24; moment += 2) {
        await inSimulation(
          async (etcd) => {
            await etcd.as('n1', async () => {
              const handle = open(etcd, 'n1');
              strike(etcd, 'n1', fate, 2);
              const end = new AbortController();
              const putting = handle.enqueue('a', end.signal).then(
                () => 'put',
                (error: unknown) => error,
              );
              if (moment === 0) end.abort('enough');
              else setTimeout(() => end.abort('enough'), moment / 3);
              const put = await putting;
              ends.add(String(put));
              await etcd.passes(LATE_COPIES_MS);
              expect({ fate, moment, put, left: await rest(etcd) }).toEqual(
                put === 'put'
                  ? { fate, moment, put, left: ['a'] }
                  : { fate, moment, put: 'enough', left: [] },
              );
            });
          },
          { seed: moment },
        );
      }
    }
    expect([...ends].sort()).toEqual(['enough', 'put']);
  });

  it('gives an item or keeps it when a dequeue is given up while a member says nothing any more', async () => {
    const ends = new Set<string>();
    for (let seed = 0; seed < 12; seed++) {
      await inSimulation(
        async (etcd) => {
          const producer = open(etcd, 'n2');
          await etcd.as('n2', () => producer.enqueue('a'));
          await etcd.as('n1', async () => {
            const handle = open(etcd, 'n1');
            await handle.enqueue('b');
            const end = new AbortController();
            const restore = etcd.network.link('n1', 'm1').addRule(({ direction, method }) => {
              if (direction === 'connect' || !method.endsWith('/Txn')) return { kind: 'pass' };
              setTimeout(() => end.abort('enough'), 5);
              return { kind: 'drop' };
            });
            const taken = await handle.dequeue(end.signal).catch((error: unknown) => error);
            ends.add(String(taken));
            restore();
            const left = await rest(etcd);
            expect({ seed, taken, left }).toEqual(
              taken === 'a' ? { seed, taken, left: ['b'] } : { seed, taken: 'enough', left: ['a', 'b'] },
            );
          });
        },
        { seed, members: 3 },
      );
    }
    expect(ends).toContain('enough');
  });

  it('gives an item or keeps it, whenever its handle is closed', async () => {
    for (let moment = 0; moment <= 24; moment += 2) {
      await inSimulation(
        async (etcd) => {
          const producer = open(etcd, 'n2');
          await etcd.as('n2', () => producer.enqueue('a'));
          const taken = await etcd.as('n1', async () => {
            const handle = open(etcd, 'n1');
            const taking = handle.dequeue().catch((error: Error) => error.name);
            await etcd.passes(moment / 3);
            await handle.close();
            return taking;
          });
          expect({ moment, taken, left: await rest(etcd) }).toEqual(
            taken === 'a' ? { moment, taken, left: [] } : { moment, taken: 'ClosedError', left: ['a'] },
          );
        },
        { seed: moment },
      );
    }
  });

  it('that loses an item continues with the one that the refusal shows, and after another loss reads again', async () => {
    await inSimulation(async (etcd) => {
      const [other, handle] = [open(etcd, 'n2'), open(etcd, 'n1')];
      for (const value of ['a', 'b', 'c']) await etcd.as('n1', () => handle.enqueue(value));
      let reads = 0;
      // The first claim, what settles its record, and the second claim.
      let late = 3;
      etcd.network.link('n1', 'm1').addRule(({ direction, method, bytes }) => {
        if (direction !== 'request' || bytes === 0) return { kind: 'pass' };
        if (method.endsWith('/Range')) reads += 1;
        return method.endsWith('/Txn') && late-- > 0 ? { kind: 'delay', byUs: 1_000_000 } : { kind: 'pass' };
      });
      const taking = etcd.as('n1', () => handle.dequeue());
      await etcd.passes(100);
      expect(await etcd.as('n2', () => other.dequeue())).toBe('a');
      await etcd.passes(1000);
      expect(await etcd.as('n2', () => other.dequeue())).toBe('b');
      expect(reads).toBe(1);
      expect(await taking).toBe('c');
      expect(reads).toBe(2);
    });
  });

  it('finds its item among strangers’ keys, though etcd compacts what it reads', async () => {
    await inSimulation(async (etcd) => {
      for (const key of ['q/0', 'q/00']) await etcd.client().put(key).value('stranger');
      const handle = open(etcd, 'n1');
      await etcd.as('n1', () => handle.enqueue('a'));
      delayRequest(etcd, { node: 'n1', method: '/Range', nth: 2 });
      const taking = etcd.as('n1', () => handle.dequeue());
      await etcd.passes(100);
      const { header } = await etcd.client().put('other').value('x').exec();
      await etcd.client().kv.compact({ revision: header.revision, physical: true });
      expect(await taking).toBe('a');
    });
  });

  it('reads the value of its item among strangers’ keys, and none of the values behind it', async () => {
    await inSimulation(async (etcd) => {
      for (const key of ['q/0', 'q/00']) await etcd.client().put(key).value('stranger');
      const handle = open(etcd, 'n1');
      await etcd.as('n1', () => handle.enqueue('a'));
      await etcd.client().put('q/large').value('x'.repeat(100_000));
      await etcd.client().put('z').value('x'.repeat(100_000));
      let bytes = 0;
      etcd.network.link('n1', 'm1').addRule((message) => {
        if (message.direction === 'reply') bytes += message.bytes;
        return { kind: 'pass' };
      });
      expect(await etcd.as('n1', () => handle.dequeue())).toBe('a');
      expect(bytes).toBeLessThan(10_000);
    });
  });

  it('continues if its item among strangers’ keys was taken while it read the value', async () => {
    await inSimulation(async (etcd) => {
      for (const key of ['q/0', 'q/00']) await etcd.client().put(key).value('stranger');
      const [handle, other] = [open(etcd, 'n1'), open(etcd, 'n2')];
      for (const value of ['a', 'b']) await etcd.as('n1', () => handle.enqueue(value));
      delayRequest(etcd, { node: 'n1', method: '/Range', nth: 3 });
      const taking = etcd.as('n1', () => handle.dequeue());
      await etcd.passes(100);
      expect(await etcd.as('n2', () => other.dequeue())).toBe('a');
      expect(await taking).toBe('b');
    });
  });

  it('still waits when its watch is cut, and when what it watches is compacted', async () => {
    await inSimulation(async (etcd) => {
      const [producer, consumer] = [open(etcd, 'n2'), open(etcd, 'n1')];
      const taking = etcd.as('n1', () => consumer.dequeue());
      await etcd.passes(100);
      const link = etcd.network.link('n1', 'm1');
      const restore = link.addRule(() => ({ kind: 'drop' }));
      link.connection.reset('closed');
      await etcd.as('n2', () => producer.enqueue('a'));
      const { header } = await etcd.client().put('other').value('x').exec();
      await etcd.client().kv.compact({ revision: header.revision, physical: true });
      await etcd.passes(1000);
      restore();
      expect(await taking).toBe('a');
    });
  });
});

it('a queue whose item was taken is shown the first by revision, not by key', async () => {
  await inSimulation(async (etcd) => {
    const [queue, other] = [new Queue(etcd.client('n1'), 'q'), new Queue(etcd.client('n2'), 'q')];
    for (const value of ['c', 'b', 'a'])
      await etcd
        .client()
        .put(`q/${'0'.repeat(17)}${value.charCodeAt(0)}`)
        .value(value);
    await etcd.as('n1', () => queue.enqueue('last'));
    delayRequest(etcd, { node: 'n1', method: '/Txn', nth: 1 });
    const taking = etcd.as('n1', () => queue.dequeue());
    await etcd.passes(100);
    expect((await etcd.as('n2', () => other.dequeue())).value).toBe('c');
    expect((await taking).value).toBe('b');
  });
});

/** A priority queue of which others are quicker so many times, and the requests that it sends. */
function overtaken(times: number, options: QueueOptions = {}) {
  const kv = new FakeKv();
  const network = new FakeNetwork(kv);
  let left = times;
  network.decide = ({ written }) => {
    if (written.includes('__q/00001') && left-- > 0) kv.put('__q/00001', '');
    return 'pass';
  };
  const reads = () => network.sent.filter(({ read, writes }) => !writes && read.includes('__q/00001')).length;
  return { kv, queue: new PriorityQueue(network.client(), 'q', options), reads };
}

describe('an enqueue that others of its priority overtake', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 3],
  ])('%i times reads the next number %i times, as the first refusal shows it', async (times, expected) => {
    const { kv, queue, reads } = overtaken(times);
    await queue.enqueue('a', 1);
    expect(kv.value('q/00001/0000000000000000')).toBe('a');
    expect(reads()).toBe(expected);
  });

  it('gives up after as many conflicts as it may try, and says how many', async () => {
    const { kv, queue } = overtaken(Infinity, { maxAttempts: 3 });
    await expect(queue.enqueue('a', 1)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('3 conflicts') as unknown,
    });
    expect(kv.keys('q/')).toEqual([]);
  });
});

it('two items of one nanosecond have keys of their own', async () => {
  const kv = new FakeKv();
  const queue = new Queue(new FakeNetwork(kv).client(), 'q');
  const drawn = [0.5, 0.5, 0.25];
  vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
  vi.spyOn(Math, 'random').mockImplementation(() => drawn.shift() ?? 0);
  await queue.enqueue('a');
  await queue.enqueue('b');
  vi.restoreAllMocks();
  expect(kv.keys('q/').map((key) => kv.value(key))).toEqual(['a', 'b']);
});
