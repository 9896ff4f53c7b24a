/**
 * Every wait ends soon after the change that it waits for. Each watch is opened anew after 30 s of silence, which would
 * hide a lost wake-up: so these tests look at the time that passes.
 */
import type { Etcd3 } from 'etcd3';
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
} from '../../src/index.js';
import { inSimulation, type SimulatedEtcd } from './in-simulation.js';

/** A call that waits, and a change by another client that ends it. */
interface Wait {
  readonly call: () => Promise<unknown>;
  readonly change: () => Promise<unknown>;
}

type Prepare = (waiting: Etcd3, other: Etcd3) => Promise<Wait>;

const sessions = async (...clients: readonly Etcd3[]) =>
  Promise.all(clients.map((client) => Session.open(client, { ttlSeconds: 600 })));

const waits: Readonly<Record<string, Prepare>> = {
  'Queue.dequeue, an item': async (waiting, other) => {
    const [queue, producer] = [new Queue(waiting, 'q'), new Queue(other, 'q')];
    // Its first item leaves nothing to prepare: the next change is the item itself.
    await producer.enqueue('first');
    await queue.dequeue();
    return { call: () => queue.dequeue(), change: () => producer.enqueue('a') };
  },
  'Queue.dequeue, an item among keys of strangers': async (waiting, other) => {
    const producer = new Queue(other, 'q');
    for (const key of ['q/1', 'q/2', 'q/3']) await other.put(key).value('');
    await producer.enqueue('first');
    const queue = new Queue(waiting, 'q');
    await queue.dequeue();
    return { call: () => queue.dequeue(), change: () => producer.enqueue('a') };
  },
  'PriorityQueue.dequeue, an item': async (waiting, other) => {
    const [queue, producer] = [new PriorityQueue(waiting, 'q'), new PriorityQueue(other, 'q')];
    await producer.enqueue('first', 3);
    await queue.dequeue();
    return { call: () => queue.dequeue(), change: () => producer.enqueue('a', 3) };
  },
  'Barrier.wait, the release': async (waiting, other) => {
    const barrier = new Barrier(other, 'b');
    await barrier.hold();
    return { call: () => new Barrier(waiting, 'b').wait(), change: () => barrier.release() };
  },
  'Barrier.wait, the deletion of the key': async (waiting, other) => {
    await new Barrier(other, 'b').hold();
    return { call: () => new Barrier(waiting, 'b').wait(), change: () => other.delete().key('b').exec() };
  },
  'Mutex.lock, the unlock of the holder': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    const lock = await new Mutex(theirs as Session, 'l').lock();
    return { call: () => new Mutex(mine as Session, 'l').lock(), change: () => lock.unlock() };
  },
  'Mutex.lock, the end of the holder’s lease': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    await new Mutex(theirs as Session, 'l').lock();
    return {
      call: () => new Mutex(mine as Session, 'l').lock(),
      change: () => other.leaseClient.leaseRevoke({ ID: (theirs as Session).leaseId }),
    };
  },
  'RWMutex.readLock, the unlock of the writer': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    const lock = await new RWMutex(theirs as Session, 'l').lock();
    return { call: () => new RWMutex(mine as Session, 'l').readLock(), change: () => lock.unlock() };
  },
  'RWMutex.lock, the unlock of a reader': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    const lock = await new RWMutex(theirs as Session, 'l').readLock();
    return { call: () => new RWMutex(mine as Session, 'l').lock(), change: () => lock.unlock() };
  },
  'HeldLock.signal, the deletion of its key': async (waiting, other) => {
    const [mine] = await sessions(waiting);
    const lock = await new Mutex(mine as Session, 'l').lock();
    return { call: () => aborted(lock.signal), change: () => other.delete().key(lock.key).exec() };
  },
  'Election.campaign, the resignation of the leader': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    const leadership = await new Election(theirs as Session, 'e').campaign('theirs');
    return {
      call: () => new Election(mine as Session, 'e').campaign('mine'),
      change: () => leadership.resign(),
    };
  },
  'ElectionObserver.observe, the first leader': async (waiting, other) => {
    const [theirs] = await sessions(other);
    const leaders = new ElectionObserver(waiting, 'e').observe();
    return { call: () => leaders.next(), change: () => new Election(theirs as Session, 'e').campaign('a') };
  },
  'ElectionObserver.observe, a proclamation': async (waiting, other) => {
    const [theirs] = await sessions(other);
    const leadership = await new Election(theirs as Session, 'e').campaign('a');
    const leaders = new ElectionObserver(waiting, 'e').observe();
    await leaders.next();
    return { call: () => leaders.next(), change: () => leadership.proclaim('b') };
  },
  'ElectionObserver.observe, the next leader': async (waiting, other) => {
    const [first, second] = await sessions(other, other);
    const leadership = await new Election(first as Session, 'e').campaign('a');
    const leaders = new ElectionObserver(waiting, 'e').observe();
    await leaders.next();
    return {
      call: () => leaders.next(),
      change: async () => {
        await leadership.resign();
        await new Election(second as Session, 'e').campaign('b');
      },
    };
  },
  'DoubleBarrier.enter, the last one to come': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    return {
      call: () => new DoubleBarrier(mine as Session, 'd', 2).enter(),
      change: () => new DoubleBarrier(theirs as Session, 'd', 2).enter(),
    };
  },
  'DoubleBarrier.enter, the end of the round before': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    const handles = () => [mine, theirs].map((session) => new DoubleBarrier(session as Session, 'd', 2));
    await Promise.all(handles().map((barrier) => barrier.enter()));
    const [one, last] = await other.getAll().prefix('d/waiters/').keys();
    await other.delete().key(one as string);
    return {
      call: () => Promise.all(handles().map((barrier) => barrier.enter())),
      change: () =>
        other
          .delete()
          .key(last as string)
          .exec(),
    };
  },
  'DoubleBarrier.leave, the last one to leave': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    const pair = [new DoubleBarrier(mine as Session, 'd', 2), new DoubleBarrier(theirs as Session, 'd', 2)];
    await Promise.all(pair.map((barrier) => barrier.enter()));
    return { call: () => pair[0]?.leave() as Promise<void>, change: () => pair[1]?.leave() as Promise<void> };
  },
  'DoubleBarrier.leave, the first one to leave': async (waiting, other) => {
    const [mine, theirs] = await sessions(waiting, other);
    const pair = [new DoubleBarrier(mine as Session, 'd', 2), new DoubleBarrier(theirs as Session, 'd', 2)];
    await Promise.all(pair.toReversed().map((barrier) => barrier.enter()));
    return { call: () => pair[0]?.leave() as Promise<void>, change: () => pair[1]?.leave() as Promise<void> };
  },
};

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}

/** How long the wait lasts once the change has been made, in milliseconds of virtual time. */
async function delayMs(etcd: SimulatedEtcd, prepare: Prepare, pauseMs: number): Promise<number> {
  const { call, change } = await prepare(etcd.client('n1'), etcd.client('n2'));
  const waiting = etcd.as('n1', call);
  await etcd.passes(pauseMs);
  const changing = etcd.as('n2', change);
  const beganMs = performance.now();
  await waiting;
  const passedMs = performance.now() - beganMs;
  await changing;
  return passedMs;
}

describe.each(Object.entries(waits))('%s ends the wait', (_, prepare) => {
  it('at once', async () => {
    await inSimulation(async (etcd) => {
      expect(await delayMs(etcd, prepare, 1000)).toBeLessThan(500);
    });
  });

  it('and until then etcd is asked nothing', async () => {
    await inSimulation(async (etcd) => {
      const { call } = await prepare(etcd.client('n1'), etcd.client('n2'));
      void etcd.as('n1', call).catch(() => undefined);
      await etcd.passes(1000);
      let requests = 0;
      etcd.network.link('n1', 'm1').addRule(({ direction }) => {
        if (direction === 'request') requests += 1;
        return { kind: 'pass' };
      });
      await etcd.passes(10_000);
      expect(requests).toBe(0);
    });
  });

  it('also when it comes after the read and before the watch', async () => {
    await inSimulation(async (etcd) => {
      etcd.network
        .link('n1', 'm1')
        .addRule(({ direction, method }) =>
          direction === 'request' && method.endsWith('/Watch')
            ? { kind: 'delay', byUs: 2_000_000 }
            : { kind: 'pass' },
        );
      expect(await delayMs(etcd, prepare, 1000)).toBeLessThan(10_000);
    });
  });
});
