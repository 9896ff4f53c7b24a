/**
 * What the recipes promise of every call, as interruptible calls: a call that may be given up, closed or killed at any moment,
 * and how to tell from etcd's log how often it happened. Invariant: none of them says nothing of what ended it.
 */
import type { Namespace } from 'etcd3';
import {
  Barrier,
  DoubleBarrier,
  Election,
  Mutex,
  PriorityQueue,
  Queue,
  RWMutex,
  Session,
  STM,
  transfer,
  type EffortOptions,
} from '../../../src/index.js';
import type { LogEntry } from './log.js';

/** A call that can be made. */
export interface Call {
  /** Makes it. What it resolves with is given to {@link happened}. */
  make(signal: AbortSignal): Promise<string>;
  /** Closes the handle it is made on; there is none where a handle cannot be closed. */
  close?(): Promise<void>;
  /** How often it happened, by etcd's log, once no message is under way any more. */
  happened(log: readonly LogEntry[], answer: string | undefined): number;
}

export interface InterruptibleCall {
  readonly name: string;
  /** Given up, it does not find out what became of it. */
  readonly asksNobody?: true;
  /** @param others a client of a process that meets no fault */
  open(own: Namespace, others: Namespace, options: EffortOptions): Promise<Call>;
}

const puts = (log: readonly LogEntry[], key: RegExp, value?: string) =>
  log.filter((entry) => entry.kind === 'put' && key.test(entry.key) && (value ?? entry.value) === entry.value)
    .length;

const deletions = (log: readonly LogEntry[], key: RegExp) =>
  log.filter((entry) => entry.kind === 'delete' && key.test(entry.key));

/** Keys of a lease that are there at the end. */
function left(log: readonly LogEntry[], lease: string, key: RegExp): number {
  const there = new Map<string, LogEntry>();
  for (const entry of log) {
    if (entry.kind === 'put') there.set(entry.key, entry);
    else there.delete(entry.key);
  }
  return [...there.values()].filter((entry) => entry.lease === lease && key.test(entry.key)).length;
}

/** Values that left, in order. */
function valuesTaken(log: readonly LogEntry[], key: RegExp): (string | undefined)[] {
  return deletions(log, key).map((gone) => log.find((entry) => entry.key === gone.key)?.value);
}

/** How often what a dequeue answered, or anything where it did not answer, has left. */
function taken(log: readonly LogEntry[], key: RegExp, answer: string | undefined): number {
  const values = valuesTaken(log, key);
  if (answer !== undefined && values.some((value) => value !== answer)) return Infinity;
  return values.length;
}

const ITEM = /^q\//;

const queues: readonly InterruptibleCall[] = [
  {
    name: 'Queue.enqueue',
    async open(own, _, options) {
      const queue = new Queue(own, 'q', options);
      return Promise.resolve({
        make: async (signal) => String((await queue.enqueue('own', { signal })).revision),
        close: () => queue.close(),
        happened: (log) => puts(log, ITEM, 'own'),
      });
    },
  },
  {
    name: 'Queue.dequeue',
    async open(own, others, options) {
      const queue = new Queue(own, 'q', options);
      const other = new Queue(others, 'q');
      for (const value of ['a', 'b']) await other.enqueue(value);
      return {
        make: async (signal) => (await queue.dequeue({ signal })).value,
        close: () => queue.close(),
        happened: (log, answer) => taken(log, ITEM, answer),
      };
    },
  },
  {
    name: 'Queue.dequeue, which waits',
    async open(own, others, options) {
      const queue = new Queue(own, 'q', options);
      const other = new Queue(others, 'q');
      return Promise.resolve({
        async make(signal) {
          const taking = queue.dequeue({ signal });
          await Promise.all([other.enqueue('a'), taking]);
          return (await taking).value;
        },
        close: () => queue.close(),
        happened: (log, answer) => taken(log, ITEM, answer),
      });
    },
  },
  {
    name: 'PriorityQueue.enqueue',
    async open(own, others, options) {
      const queue = new PriorityQueue(own, 'q', options);
      const other = new PriorityQueue(others, 'q');
      return Promise.resolve({
        async make(signal) {
          const [{ revision }] = await Promise.all([
            queue.enqueue('own', 5, { signal }),
            other.enqueue('other', 5),
          ]);
          return String(revision);
        },
        close: () => queue.close(),
        happened: (log) => puts(log, ITEM, 'own'),
      });
    },
  },
  {
    name: 'PriorityQueue.dequeue',
    async open(own, others, options) {
      const queue = new PriorityQueue(own, 'q', options);
      const other = new PriorityQueue(others, 'q');
      await other.enqueue('b', 7);
      await other.enqueue('a', 3);
      return {
        make: async (signal) => (await queue.dequeue({ signal })).value,
        close: () => queue.close(),
        happened: (log, answer) => taken(log, ITEM, answer),
      };
    },
  },
];

const barriers: readonly InterruptibleCall[] = [
  {
    name: 'Barrier.hold',
    async open(own, _, options) {
      const barrier = new Barrier(own, 'b', options);
      return Promise.resolve({
        make: async (signal) => String((await barrier.hold({ signal })).revision),
        close: () => barrier.close(),
        happened: (log) => puts(log, /^b$/),
      });
    },
  },
  {
    name: 'Barrier.release',
    async open(own, others, options) {
      await new Barrier(others, 'b').hold();
      const barrier = new Barrier(own, 'b', options);
      return {
        make: async (signal) => String((await barrier.release({ signal })).revision),
        close: () => barrier.close(),
        happened: (log) => deletions(log, /^b$/).length,
      };
    },
  },
  {
    name: 'Barrier.wait',
    async open(own, others, options) {
      const barrier = new Barrier(own, 'b', options);
      const other = new Barrier(others, 'b');
      await other.hold();
      return {
        async make(signal) {
          const waiting = barrier.wait({ signal });
          await Promise.all([other.release(), waiting]);
          return String((await waiting).revision);
        },
        close: () => barrier.close(),
        // It writes nothing: it has passed, or not, and must not have passed before the release.
        happened: (log, answer) =>
          answer !== undefined && Number(answer) >= (deletions(log, /^b$/)[0]?.revision ?? Infinity) ? 1 : 0,
      };
    },
  },
  {
    name: 'DoubleBarrier.enter',
    async open(own, others, options) {
      const session = await Session.open(own, options);
      const barrier = new DoubleBarrier(session, 'd', 2);
      const other = new DoubleBarrier(await Session.open(others), 'd', 2);
      return {
        async make(signal) {
          // The other one waits, for good if need be.
          void other.enter().catch(() => undefined);
          return String((await barrier.enter({ signal })).round);
        },
        // In a round, or counted by one: its key was there when a process declared the round complete.
        happened(log) {
          const ready = log.findIndex(({ kind, key }) => kind === 'put' && key === 'd/ready');
          const counted = ready === -1 ? 0 : left(log.slice(0, ready), session.leaseId, /^d\/waiters\//);
          return Math.max(counted, left(log, session.leaseId, /^d\/waiters\//));
        },
      };
    },
  },
];

/** Calls that come to a key under the session's lease as long as they hold. */
const held: readonly InterruptibleCall[] = [
  callUnderSession('Mutex.lock', async (session, signal) => {
    return String((await new Mutex(session, 'l').lock({ signal })).revision);
  }),
  callUnderSession('Mutex.tryLock', async (session, signal) => {
    return String((await new Mutex(session, 'l').tryLock({ signal }))?.revision);
  }),
  callUnderSession('RWMutex.lock', async (session, signal) => {
    return String((await new RWMutex(session, 'l').lock({ signal })).revision);
  }),
  callUnderSession('RWMutex.readLock', async (session, signal) => {
    return String((await new RWMutex(session, 'l').readLock({ signal })).revision);
  }),
  callUnderSession('Election.campaign', async (session, signal) => {
    return String((await new Election(session, 'l').campaign('own', { signal })).revision);
  }),
];

function callUnderSession(
  name: string,
  make: (session: Session, signal: AbortSignal) => Promise<string>,
): InterruptibleCall {
  return {
    name,
    async open(own, _, options) {
      const session = await Session.open(own, options);
      return {
        make: (signal) => make(session, signal),
        happened: (log) => left(log, session.leaseId, /^l\//),
      };
    },
  };
}

const others: readonly InterruptibleCall[] = [
  {
    name: 'Mutex.lock, which waits',
    async open(own, others, options) {
      const session = await Session.open(own, options);
      const mutex = new Mutex(session, 'l');
      const lock = await new Mutex(await Session.open(others), 'l').lock();
      return {
        async make(signal) {
          const waiting = mutex.lock({ signal });
          await Promise.all([lock.unlock(), waiting]);
          return String((await waiting).revision);
        },
        close: () => mutex.close(),
        happened: (log, answer) => (answer === undefined ? left(log, session.leaseId, /^l\//) : 1),
      };
    },
  },
  {
    name: 'Leadership.proclaim',
    async open(own, _, options) {
      const leadership = await new Election(await Session.open(own, options), 'e').campaign('first');
      return {
        make: async (signal) => String((await leadership.proclaim('own', { signal })).revision),
        happened: (log) => puts(log, /^e\//, 'own'),
      };
    },
  },
  {
    name: 'STM.run',
    async open(own, _, options) {
      const stm = new STM(own, options);
      return Promise.resolve({
        make: async (signal) => String((await stm.run((tx) => tx.put('own', 'x'), { signal })).revision),
        happened: (log) => puts(log, /^own$/),
      });
    },
  },
  {
    name: 'STM.run, which conflicts',
    async open(own, others, options) {
      const stm = new STM(own, options);
      const other = new STM(others);
      return Promise.resolve({
        async make(signal) {
          const running = stm.run(
            async (tx) => {
              // What late copies are treacherous for: it is created and deleted by turns.
              if ((await tx.get('flag')) === null) tx.put('flag', 'x');
              else tx.del('flag');
              tx.put('own', 'x');
            },
            { signal },
          );
          await Promise.all([
            other.run(async (tx) => tx.put('flag', String(await tx.get('flag')))),
            other.run((tx) => tx.del('flag')),
            running,
          ]);
          return String((await running).revision);
        },
        happened: (log) => puts(log, /^own$/),
      });
    },
  },
  {
    name: 'transfer',
    asksNobody: true,
    async open(own, others, options) {
      for (const name of ['ann', 'bob']) await others.put(`accounts/${name}`).value(100);
      return {
        async make(signal) {
          const order = { from: 'ann', to: 'bob', amount: 30, id: 't' };
          return String((await transfer(own, order, { ...options, signal })).revision);
        },
        happened(log) {
          const moved = puts(log, /^receipts\/t$/);
          return puts(log, /^accounts\/bob$/, '130') === moved ? moved : Infinity;
        },
      };
    },
  },
];

export const interruptibleCalls: readonly InterruptibleCall[] = [...queues, ...barriers, ...held, ...others];
