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

const KEY =
  'the lock that the operation is about (default: the field `key` or `lock` of the input; else there is only one)';
const TOLD_WITHIN =
  'how long a node may continue if it could not know: it was paused, its clock ran slow, or an operator revoked its lease (default: 10)';
const PAIR =
  'two operations instead of `during`: the node is inside from the return of the first to the invocation of the second';
const ACQUIRED = 'whether an ok `acquire`, such as a try, got the lock (default: unless its output is false)';
const HOLDER = 'the holder, which matches a `release` with its `acquire` (default: the node)';

export const readyReference: Readonly<Record<ReadyCheckName, ReadyReference>> = {
  fifoQueue: {
    demands: 'First in, first out. Each item leaves once, and only after an enqueue.',
    example: `checks.fifoQueue({ enqueue: 'push', dequeue: 'pop' });`,
    options: {
      item: 'the enqueued item, different for each enqueue (default: `input.item`, `input.value` or the input)',
      taken:
        'the dequeued item, null if the queue was empty (default: `output.item`, `output.value` or the output)',
      queue: 'the queue, if there are several (default: `input.queue`)',
      left: 'a function of history and queue that returns the items still in it at the end',
    },
    cannotSee:
      'An item that nobody took by the end (`exactlyOnce` sees it). Two equal items make it inconclusive. A dequeue that found the queue empty is wrong only if it must have found an item.',
  },
  priorityQueue: {
    demands:
      'The smallest priority leaves first, equal priorities first in, first out. Each item leaves once.',
    example: `checks.priorityQueue({ enqueue: 'push', dequeue: 'pop', priority: ({ input }) => input.urgency });`,
    options: {
      item: 'as for `fifoQueue`',
      taken: 'as for `fifoQueue`',
      queue: 'as for `fifoQueue`',
      left: 'as for `fifoQueue`',
    },
    cannotSee: 'As for `fifoQueue`. If many dequeues have no answer, the search may give up.',
  },
  mutualExclusion: {
    demands:
      'At most one node is inside at a time. With `fencing` holders may overlap, but their actions must follow the order of their tokens.',
    example: `checks.mutualExclusion({ during: 'hold' });`,
    options: {
      'acquire, release': PAIR,
      holder: HOLDER,
      acquired: ACQUIRED,
      key: KEY,
      fencing:
        'the fencing token of an ok operation, null if it did nothing (default: tokens are not checked)',
      toldWithinSeconds: TOLD_WITHIN,
    },
    cannotSee:
      'An overlap in which one node could not know that it had lost the lock. Such a bug shows in other seeds. A `during` operation must not include the wait for the lock.',
  },
  fencing: {
    demands: 'No write is accepted after one with a newer token.',
    example: `checks.fencing({ write: 'write', token: ({ input }) => input.token });`,
    options: {
      accepted: 'whether an ok write was accepted (default: unless its output is false)',
      place:
        'the place that the write changes (default: `input.place` or `input.key`; else there is only one)',
    },
    cannotSee:
      'An accepted write whose answer was lost. Overlapping writes without a revision have no order.',
  },
  readWriteLock: {
    demands: 'A writer excludes all other readers and writers.',
    example: `checks.readWriteLock({ read: 'read', write: 'write' });`,
    options: { key: KEY, toldWithinSeconds: TOLD_WITHIN },
    cannotSee: 'As for `mutualExclusion`. Starvation of writers.',
  },
  semaphore: {
    demands: 'At most `permits` nodes are inside at a time.',
    example: `checks.semaphore({ during: 'hold', permits: 3 });`,
    options: {
      'acquire, release': PAIR,
      holder: HOLDER,
      acquired: ACQUIRED,
      key: KEY,
      toldWithinSeconds: TOLD_WITHIN,
    },
    cannotSee: 'As for `mutualExclusion`. A semaphore that admits fewer nodes than it could.',
  },
  barrier: {
    demands: 'No node passes a closed barrier before a release has begun.',
    example: `checks.barrier({ wait: 'wait', release: 'release' });`,
    options: {
      hold: 'the operations that close it; without any it is closed from the beginning',
      barrier: 'the barrier, if there are several (default: `input.barrier`)',
    },
    cannotSee: 'A wait that never returns. The run itself reports it, as `deadlock` or `liveness`.',
  },
  doubleBarrier: {
    demands: 'No node enters before enough have come, and no leave ends while another node is inside.',
    example: `checks.doubleBarrier({ enter: 'enter', leave: 'leave', count: 3 });`,
    options: {
      quit: 'the operations with which a node leaves without waiting',
      barrier: 'the barrier, if there are several (default: `input.barrier`)',
      lingers:
        'whether the key of a node may outlive an operation that did not end ok (default: if it may have happened)',
    },
    cannotSee: 'A node that waits forever. A node that may have come counts for as long as it may be there.',
  },
  oneLeader: {
    demands: 'At most one node leads at a time, and observers see the true leader.',
    example: `checks.oneLeader({ reign: 'lead', told: 'ask' });`,
    options: {
      'campaign, resign':
        'two operations instead of `reign`: the node leads from the return of the first to the invocation of the second',
      leader:
        'the leader that an answer names, null for none (default: `output.leader`, `output.value` or the output)',
      known: 'the name of a leader, from the operation with which it began to lead (default: its node)',
      election: 'the election, if there are several (default: `input.election`)',
      toldWithinSeconds: TOLD_WITHIN,
    },
    cannotSee:
      'A wrong answer while no node knows that it leads, or while leadership changes. After an operator has revoked a lease, answers are no longer compared with the leader.',
  },
  leaseToldInTime: {
    demands: 'A node learns that its lease is lost before any other node can see that its key is gone.',
    example: `checks.leaseToldInTime({ during: 'hold', look: 'look', keys: ({ output }) => output.keys });`,
    options: {
      'acquire, release': `${PAIR}; then the revisions that other nodes got count as looks`,
      holder: HOLDER,
      acquired: ACQUIRED,
      key: 'the key that the lease holds (default: `input.key`)',
      lease: 'the id of the lease in decimal, which shows whether it was revoked (default: `input.lease`)',
      toldWithinSeconds: TOLD_WITHIN,
    },
    cannotSee: 'A loss that no node looked at in time. A delay below one second never counts.',
  },
  register: {
    demands:
      'The operations of a key have one order that fits real time and in which each read returns the last write.',
    example: `checks.register({ read: 'get', write: 'put', cas: 'cas' });`,
    options: {
      key: 'the register (default: `input.key`; else there is only one)',
      value: 'the written value, null for a deletion (default: `input.value` or the input)',
      found:
        'the value that a read returned, null for none (default: `output.value`, `output.found` or the output)',
      expected: 'the value that a compare-and-swap expects (default: `input.expected`)',
      swapped: 'whether it swapped (default: `output.swapped` or the output)',
      initial: 'the initial value of each register (default: none)',
    },
    cannotSee:
      'Nothing if every value is written once: the check is then exact and fast. If values repeat, or a failed swap does not say which value it found, a search decides, and may give up.',
  },
  linearizable: {
    demands: 'The operations have one order that fits real time and that the type allows.',
    example: `checks.linearizable({
  type: { initial: 0, next: (count, { name }) => (name === 'add' ? [count + 1, null] : [count, count]) },
  operations: ['add', 'get'],
});`,
    options: {
      "type: 'counter'": '`operations: { add, read }`, `by`, `count`, `initial`',
      "type: 'set'": '`operations: { add, remove, has, list }`, `item`, `changed`, `initial`',
      "type: 'register'": '`operations: { read, write, cas }` and the options of `register`',
      key: 'the part that an operation affects; parts are independent (default: `input.key`; else there is only one)',
    },
    cannotSee:
      'Histories beyond its budget of time and memory: with dozens of operations at once, or without an answer, it may give up, and says so. Results of a model are compared as JSON.',
  },
  strictSerializable: {
    demands:
      'All transactions have one order that fits real time and in which each read returns the last write. A violation has a name: lost update, write skew, stale read and so on, with Adya’s code.',
    example: `checks.strictSerializable({
  transaction: 'transfer',
  reads: ({ output }) => output.balances,
});`,
    options: {
      writes: 'its writes, if it reports no revision (default: `output.writes` or `input.writes`)',
      keys: 'the keys that transactions use, as a prefix or a function (default: all)',
    },
    cannotSee:
      'Reads of transactions that did not end ok. If values repeat, it assumes the likeliest version, and is inconclusive if a violation depends on that: report `modRevision`, or write different values.',
  },
  conservedSum: {
    demands: 'The values under a prefix add up to the same sum in every revision.',
    example: `checks.conservedSum({ keys: 'account/', sum: 500 });`,
    options: { amount: 'the amount that a key and its value count for (default: the value)' },
    cannotSee: 'Anything before the sum is first reached: set-up may take several revisions.',
  },
  exactlyOnce: {
    demands:
      'An ok operation happened exactly once, a failed one never, an indefinite one at most once. Nothing else happened.',
    example: `checks.exactlyOnce({ operation: 'pay', effect: 'receipts/' });`,
    options: {
      effect:
        'a prefix of keys, each followed by the id; a function that maps a change of a key to the id; or, for effects that are operations, an object with `operation` and `of`',
      id: 'the id by which the effect knows the operation (default: its id)',
    },
    cannotSee: 'An effect that leaves no trace in the log or in an operation.',
  },
  noLostUpdate: {
    demands: 'No update overwrites a value that it has not read.',
    example: `checks.noLostUpdate({ update: 'add', key: 'counter' });`,
    options: {
      read: 'the value that an update read before it wrote; without this option updates are additions',
      by: 'how much an addition adds (default: `input.by`, the input or 1)',
    },
    cannotSee:
      'Writes of the key by operations other than `update`: it assumes that none happen but the first write, which may set the value up. Without revisions it sees only a wrong total, or two updates that read the same value. On a real etcd a first write of the value that an addition gives may be either.',
  },
  monotonicReads: {
    demands: 'No read returns an older version than an earlier read of the same node.',
    example: `checks.monotonicReads({ read: 'get', key: () => 'config' });`,
    options: {
      found:
        'the value that a read returned, null for none (default: `output.value`, `output.found` or the output)',
      version:
        'the version that a read returned, as a number that grows (default: the revision of the value in the log)',
      session: 'the reader, whose reads are compared (default: its node)',
    },
    cannotSee:
      'A step back to a value that the key has again later, unless you give `version`. Reads that are always stale.',
  },
  watchGuarantees: {
    demands:
      'A watch delivers every change from its start: in order, once, whole revisions at a time, with the right previous value.',
    example: `checks.watchGuarantees({ watch: 'watch', watched: () => 'jobs/', events: ({ output }) => output.events });`,
    options: {
      from: 'the start revision, null for the next one (default: `input.from`)',
      onlyPuts: 'whether it left deletions out',
      bookmarks: 'its progress notifications, as `{ revision, afterBatches }`',
      resumedBefore: 'the indexes of the batches before which its stream was reopened',
    },
    cannotSee: 'Events that were still to come when the watch ended.',
  },
  eventuallyEqual: {
    demands: 'The last views of all caches are equal. With `keys` they also equal the keys in etcd.',
    example: `checks.eventuallyEqual({ view: 'snapshot', keys: 'config/' });`,
    options: {
      of: 'the owner of the view (default: its node)',
      state:
        'the contents of the view: each key with the prefix or without it, and its value (default: `output.state` or the output)',
      withinMs:
        'with `keys`: how long a view may lag behind etcd (default: a view that lags by more than a second is wrong, one that lags by less is inconclusive)',
    },
    cannotSee:
      'Anything but the last view of each owner. With `keys` a simulated run knows when each revision was committed, and compares the view with what etcd had then. Without, a write that may have come after the view makes the check inconclusive: take the views after everything else has ended.',
  },
  atMostOncePerSlot: {
    demands: 'The work of a slot is done at most once.',
    example: `checks.atMostOncePerSlot({ operation: 'run', slot: ({ input }) => input.minute });`,
    options: {},
    cannotSee: 'A second run without an answer, and a slot that was never done.',
  },
};
