/**
 * What people should know of each ready-made check: `docs/checks.md` is made from it. Invariant: every check has an
 * entry, and its example is code that a test runs.
 */
import type { ReadyCheckName } from './index.js';

export interface ReadyReference {
  /** What must hold, in one or two sentences. */
  readonly demands: string;
  /** As few lines as it takes. */
  readonly example: string;
  /** Options besides those of the example and those that all have, with what each says. */
  readonly options: Readonly<Record<string, string>>;
  /** What stays unseen, or is taken on trust. */
  readonly cannotSee: string;
}

const KEY = 'what is held (default: the field `key` or `lock` of the input, or all is one)';
const TOLD_WITHIN =
  'how long one may go on that could not know: it stood still, its clock ran slow, or an operator revoked its lease (default: 10)';
const PAIR =
  'two operations instead of `during`: inside from the return of one to the invocation of the other';
const ACQUIRED =
  'whether an `acquire` that ended ok got it, such as a try (default: unless its output is false)';
const HOLDER = 'whose `release` ends whose `acquire` (default: its node)';

export const readyReference: Readonly<Record<ReadyCheckName, ReadyReference>> = {
  fifoQueue: {
    demands: 'What came first leaves first, each item once, and nothing leaves that nobody put in.',
    example: `checks.fifoQueue({ enqueue: 'push', dequeue: 'pop' });`,
    options: {
      item: 'what was put, each item once (default: `input.item`, `input.value` or the input)',
      taken:
        'what was taken, null where the queue was empty (default: `output.item`, `output.value` or the output)',
      queue: 'which queue, where there are several (default: `input.queue`)',
      left: 'a function of history and queue that gives what is still in it at the end',
    },
    cannotSee:
      'An item that nobody took by the end (`exactlyOnce` sees it). Two items that are the same make it inconclusive. Of dequeues that found the queue empty only those are wrong that must have found something.',
  },
  priorityQueue: {
    demands: 'The smallest priority leaves first, and of one priority what came first, each item once.',
    example: `checks.priorityQueue({ enqueue: 'push', dequeue: 'pop', priority: ({ input }) => input.urgency });`,
    options: {
      item: 'as for `fifoQueue`',
      taken: 'as for `fifoQueue`',
      queue: 'as for `fifoQueue`',
      left: 'as for `fifoQueue`',
    },
    cannotSee: 'As for `fifoQueue`. Where many dequeues have no answer the search may give up.',
  },
  mutualExclusion: {
    demands:
      'At most one node is inside at a time. With `fencing` holders may overlap, and what they did must be in the order of their tokens.',
    example: `checks.mutualExclusion({ during: 'hold' });`,
    options: {
      'acquire, release': PAIR,
      holder: HOLDER,
      acquired: ACQUIRED,
      key: KEY,
      fencing:
        'the token of what an operation that ended ok did, null where it did nothing (default: none are looked at)',
      toldWithinSeconds: TOLD_WITHIN,
    },
    cannotSee:
      'An overlap in which one node could not know that it had lost the lock: such a bug shows in the seeds in which it could. Waiting for the lock must not be part of a `during` operation.',
  },
  fencing: {
    demands: 'No write is accepted with an older token than one that was accepted before it.',
    example: `checks.fencing({ write: 'write', token: ({ input }) => input.token });`,
    options: {
      accepted: 'whether a write that ended ok was accepted (default: unless its output is false)',
      place: 'what was written (default: `input.place` or `input.key`, or all is one)',
    },
    cannotSee:
      'A write without an answer that was accepted. Writes that overlap and tell no revision have no order.',
  },
  readWriteLock: {
    demands: 'While one writes nobody else reads or writes.',
    example: `checks.readWriteLock({ read: 'read', write: 'write' });`,
    options: { key: KEY, toldWithinSeconds: TOLD_WITHIN },
    cannotSee: 'As for `mutualExclusion`. Whether a writer ever gets its turn.',
  },
  semaphore: {
    demands: 'At most so many nodes are inside at a time.',
    example: `checks.semaphore({ during: 'hold', permits: 3 });`,
    options: {
      'acquire, release': PAIR,
      holder: HOLDER,
      acquired: ACQUIRED,
      key: KEY,
      toldWithinSeconds: TOLD_WITHIN,
    },
    cannotSee: 'As for `mutualExclusion`. Whether as many get in as could.',
  },
  barrier: {
    demands: 'Nobody passes a closed barrier before somebody has begun to release it.',
    example: `checks.barrier({ wait: 'wait', release: 'release' });`,
    options: {
      hold: 'operations that close it; without any it is closed from the beginning',
      barrier: 'which barrier, where there are several (default: `input.barrier`)',
    },
    cannotSee: 'A wait that never returns: the run itself says so, as a deadlock or a want of liveness.',
  },
  doubleBarrier: {
    demands:
      'Nobody is let in before enough have come, and nobody is told that all have left while another is inside.',
    example: `checks.doubleBarrier({ enter: 'enter', leave: 'leave', count: 3 });`,
    options: {
      quit: 'operations with which a node goes and waits for nobody',
      barrier: 'which barrier, where there are several (default: `input.barrier`)',
      lingers:
        'whether what a node left there may outlive an operation that did not end ok (default: where it may have happened)',
    },
    cannotSee: 'A node that waits for ever. One that may have come is counted as long as it may be there.',
  },
  oneLeader: {
    demands: 'At most one node leads at a time, and an answer to who leads is true.',
    example: `checks.oneLeader({ reign: 'lead', told: 'ask' });`,
    options: {
      'campaign, resign':
        'two operations instead of `reign`: it leads from the return of one to the invocation of the other',
      leader: 'what an answer says, null for nobody (default: `output.leader`, `output.value` or the output)',
      known:
        'by what name a leader is known, of the operation that it began to lead with (default: its node)',
      election: 'which election, where there are several (default: `input.election`)',
      toldWithinSeconds: TOLD_WITHIN,
    },
    cannotSee:
      'A wrong answer while nobody knows that it leads, or while leadership changes. No answer is judged by who leads where an operator has revoked a lease.',
  },
  leaseToldInTime: {
    demands: 'A node that loses a lease is told before anybody can see that its key is gone.',
    example: `checks.leaseToldInTime({ during: 'hold', look: 'look', keys: ({ output }) => output.keys });`,
    options: {
      'acquire, release': `${PAIR}; then revisions that others were told do as well as looks`,
      holder: HOLDER,
      acquired: ACQUIRED,
      key: 'the key that the lease keeps (default: `input.key`)',
      lease: 'its id in decimal, to tell whether it was revoked (default: `input.lease`)',
      toldWithinSeconds: TOLD_WITHIN,
    },
    cannotSee: 'A loss that nobody looked at while it lasted. Less than a second is never late.',
  },
  register: {
    demands:
      'There is one order of all operations of a key that fits real time and in which each finds what was written last.',
    example: `checks.register({ read: 'get', write: 'put', cas: 'cas' });`,
    options: {
      key: 'which register (default: `input.key`, or all is one)',
      value: 'what was written, null deletes (default: `input.value` or the input)',
      found: 'what a read found, null for nothing (default: `output.value`, `output.found` or the output)',
      expected: 'what a compare-and-swap expects (default: `input.expected`)',
      swapped: 'whether it swapped (default: `output.swapped` or the output)',
      initial: 'what is in each register at first (default: nothing)',
    },
    cannotSee:
      'Nothing where every value is written once: that is exact and fast. Where values come back, or a failed swap does not say what it found, a search decides and may give up.',
  },
  linearizable: {
    demands: 'There is one order of the operations that fits real time and that the type allows.',
    example: `checks.linearizable({
  type: { initial: 0, next: (count, { name }) => (name === 'add' ? [count + 1, null] : [count, count]) },
  operations: ['add', 'get'],
});`,
    options: {
      "type: 'counter'": '`operations: { add, read }`, `by`, `count`, `initial`',
      "type: 'set'": '`operations: { add, remove, has, list }`, `item`, `changed`, `initial`',
      "type: 'register'": '`operations: { read, write, cas }` and the options of `register`',
      key: 'what does not affect one another (default: `input.key`, or all is one)',
    },
    cannotSee:
      'What lies beyond its budget of time and memory: with dozens of operations at once, or without an answer, it may give up, and then says so. Results of a model are compared as JSON.',
  },
  strictSerializable: {
    demands:
      'There is one order of all transactions that fits real time and in which each reads what was written last. A violation has its name: lost update, write skew, stale read and so on, with Adya’s code.',
    example: `checks.strictSerializable({
  transaction: 'transfer',
  reads: ({ output }) => output.balances,
});`,
    options: {
      writes: 'what it writes, for one that told no revision (default: `output.writes` or `input.writes`)',
      keys: 'the keys that transactions are about, a prefix or a function (default: all)',
    },
    cannotSee:
      'Reads of transactions that did not end ok. Where a value comes back it takes the likeliest version, and is inconclusive where a violation hangs on that: tell `modRevision`, or write values that differ.',
  },
  conservedSum: {
    demands: 'What lies under a prefix adds up to the same in every revision.',
    example: `checks.conservedSum({ keys: 'account/', sum: 500 });`,
    options: { amount: 'what a key and its value count for (default: the value)' },
    cannotSee: 'Anything before the sum is first there: set-up may take several revisions.',
  },
  exactlyOnce: {
    demands:
      'What ended ok happened exactly once, what failed never, everything else at most once, and nothing else.',
    example: `checks.exactlyOnce({ operation: 'pay', effect: 'receipts/' });`,
    options: {
      effect:
        'a prefix of keys, each followed by the id; a function of a change of a key that gives the id; or, for operations of another name, an object with `operation` and `of`',
      id: 'what the effect knows the operation by (default: its id)',
    },
    cannotSee: 'An effect that leaves no trace in the log or in an operation.',
  },
  noLostUpdate: {
    demands: 'No update overwrites what it has not seen.',
    example: `checks.noLostUpdate({ update: 'add', key: 'counter' });`,
    options: {
      read: 'the value that an update read before it wrote; without it updates are additions',
      by: 'how much an addition adds (default: `input.by`, the input or 1)',
    },
    cannotSee:
      'Writes of the key by anything but `update`, which it takes for none. Without revisions only the total shows anything, or two updates that read one value.',
  },
  monotonicReads: {
    demands: 'No read finds something older than an earlier read of the same node did.',
    example: `checks.monotonicReads({ read: 'get', key: () => 'config' });`,
    options: {
      found: 'what a read found, null for nothing (default: `output.value`, `output.found` or the output)',
      version: 'which version it found, as a number that grows; by default the log tells, by the value',
      session: 'whose reads are compared (default: its node)',
    },
    cannotSee:
      'A step back to a value that the key has again later, unless `version` tells. Reads that are old all the time.',
  },
  watchGuarantees: {
    demands:
      'A watch is told every change from where it began: in order, once, whole revisions at a time, with what was there before.',
    example: `checks.watchGuarantees({ watch: 'watch', watched: () => 'jobs/', events: ({ output }) => output.events });`,
    options: {
      from: 'the first revision that it asked for, null for what was to come (default: `input.from`)',
      onlyPuts: 'whether it left deletions out',
      bookmarks: 'how far it was told to have come, as `{ revision, afterBatches }`',
      resumedBefore: 'before which of the lists of events that came together its stream was opened anew',
    },
    cannotSee: 'What a watch had still to be told when it ended.',
  },
  eventuallyEqual: {
    demands: 'The last views of all caches are equal, and with `keys` equal to what etcd has.',
    example: `checks.eventuallyEqual({ view: 'snapshot', keys: 'config/' });`,
    options: {
      of: 'whose view it is (default: its node)',
      state:
        'what it holds, each key without the prefix and its value (default: `output.state` or the output)',
    },
    cannotSee:
      'Anything but the last view of each. Where a write may have come after it, the check is inconclusive: take the views when all else has ended.',
  },
  atMostOncePerSlot: {
    demands: 'What is due in a slot is done at most once.',
    example: `checks.atMostOncePerSlot({ operation: 'run', slot: ({ input }) => input.minute });`,
    options: {},
    cannotSee: 'A second run without an answer, and a slot that nobody did.',
  },
};
