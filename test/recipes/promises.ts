/**
 * The promises of docs/recipes.md, and the tests that hold each. Invariant: every sentence of a guarantee is here, once,
 * by its first words, which promises.test.ts compares with the page; a test that is named here exists.
 *
 * `moments/` ends every call at drawn moments, in simulation with faults and on a real etcd, and looks in etcd's log;
 * `every.test.ts` runs each recipe's scenario under all faults, crashes included.
 */

/** A test, by its file under test/ and a part of its name. */
export type TestName = readonly [file: string, name: string];

const MOMENTS: readonly TestName[] = [
  ['recipes/moments/moments.test.ts', 'has happened once, never, or may have, as it says'],
  ['recipes/moments/moments-real.test.ts', 'has happened once or never, as it says'],
];
const SCENARIOS: readonly TestName[] = [['scenarios/every.test.ts', 'holds under faults with']];

/** Tests by the promises that they hold, each promise under the heading of its section. */
export const promises: Readonly<Record<string, Readonly<Record<string, readonly TestName[]>>>> = {
  'all recipes': {
    'A call that returned ok happened exactly once.': [...MOMENTS, ...SCENARIOS],
    'A call that rejected with an error': MOMENTS,
    'An `IndefiniteError` may have happened': [
      ...MOMENTS,
      ['recipes/exactly-once.test.ts', 'is indefinite where etcd does not answer any more'],
      ['recipes/stm-abort.test.ts', 'is indefinite where etcd does not answer any more'],
    ],
    'An `AbortSignal` ends every call that blocks.': MOMENTS,
    "The call rejects with the signal's reason": MOMENTS,
    'If a write is on its way when you give a call up': MOMENTS,
    'It takes no longer than `requestTimeoutMs`': [
      ...MOMENTS,
      ['recipes/effort.test.ts', 'ends once a request may have taken its time'],
    ],
    "The keys are those of etcd's Go recipes": [
      ['recipes/go/queues-real.test.ts', 'producers and consumers of both kinds lose nothing'],
      ['recipes/go/barriers-real.test.ts', 'what one holds the other may release'],
      ['recipes/go/locks-real.test.ts', 'is locked in the order in which they came, by both in turns'],
      ['recipes/go/election-real.test.ts', 'Node sees who leads in Go'],
    ],
    'Each handle also keeps _commit records_': [
      ['recipes/handles.test.ts', 'lie where everybody leaves alone what lies there'],
    ],
    'A wait ends only on what was read from etcd': [
      ['recipes/changes.test.ts', 'ends where the revision is compacted'],
      ['recipes/barrier/barrier-behaviours.ts', 'although its watch was lost to a compaction'],
      ...SCENARIOS,
    ],
  },
  Session: {
    'Everything held under it ends together': [
      ['recipes/session/session-behaviours.ts', 'closing it ends everything held under it'],
      ['recipes/moments/moments.test.ts', 'has happened once, never, or may have, as it says'],
      ['recipes/session/faults.test.ts', 'that is cut off is lost before its keys are gone'],
    ],
    'Its `signal` is aborted before anybody else': [
      ['recipes/session/faults.test.ts', 'with late answers to its renewals counts from when they were sent'],
      ['recipes/session/faults.test.ts', 'with a late answer to its grant counts from when it was asked for'],
      ...SCENARIOS,
    ],
    'A process that stood still finds out': [
      ['recipes/session/faults.test.ts', 'is lost with the first look at it'],
      ...SCENARIOS,
    ],
    'If somebody revokes the lease': [
      [
        'recipes/session/session-behaviours.ts',
        'a lease that somebody revokes is told with the next renewal',
      ],
    ],
  },
  Queue: {
    'An item is put once and taken once.': [
      ...MOMENTS,
      ['recipes/queue/faults.test.ts', 'loses and doubles nothing, whichever transaction meets'],
    ],
    'Seen from outside, what came first leaves first': SCENARIOS,
    'If you give up a dequeue, or close its handle': [
      ...MOMENTS,
      ['recipes/queue/faults.test.ts', 'gives an item or keeps it, whenever a dequeue is given up'],
    ],
    'Nobody waits for ever': [
      ['recipes/moments/moments.test.ts', 'has happened once, never, or may have, as it says'],
      ['recipes/changes.test.ts', 'ends after long silence, though the stream never broke'],
      ['recipes/wake-ups.test.ts', 'ends the wait'],
    ],
  },
  PriorityQueue: {
    'As for a queue, in the order of priorities': [...MOMENTS, ...SCENARIOS],
  },
  Barrier: {
    'If several try to `hold`, one succeeds.': [...MOMENTS, ...SCENARIOS],
    'A `wait` ends only on a read': [
      ...MOMENTS,
      ...SCENARIOS,
      ['recipes/barrier/barrier-behaviours.ts', 'a wait ends even if the barrier is held again at once'],
    ],
    '`release` says whether': [
      ['recipes/barrier/barrier-behaviours.ts', 'anybody may release it, and hears whether it was held'],
      ...MOMENTS,
    ],
  },
  DoubleBarrier: {
    'Nobody enters before `count` processes are there at once': [...MOMENTS, ...SCENARIOS],
    'Nobody leaves before all of the round leave': [
      ['recipes/barrier/double-barrier-behaviours.ts', 'no process has left before all leave'],
      ...SCENARIOS,
    ],
    'Rounds do not mix': [
      [
        'recipes/barrier/double-barrier-behaviours.ts',
        'handles go round after round, although some are faster',
      ],
      ...SCENARIOS,
    ],
    'A caller that gives up either was never counted or did enter': MOMENTS,
  },
  Mutex: {
    'The oldest place holds the lock.': [
      ['recipes/mutex/mutex-behaviours.ts', 'those who wait get it in the order in which they came'],
      ...SCENARIOS,
    ],
    'A call gets the lock only after a linearizable read': [
      ['recipes/mutex/mutex-behaviours.ts', 'a session that is closed while it waits gets nothing'],
      ...SCENARIOS,
    ],
    'The holder learns when the session is lost': [
      ['recipes/mutex/mutex-behaviours.ts', 'a session that is lost loses its lock, and its wait'],
      [
        'recipes/mutex/mutex-behaviours.ts',
        'a client that deletes the key takes the lock away, and the holder learns it',
      ],
      ...SCENARIOS,
    ],
    'A process that stands still learns nothing': [
      ['recipes/mutex/faults.test.ts', 'writes nothing by its fencing token'],
      ...SCENARIOS,
    ],
    'Handles of one session exclude one another.': [
      ['recipes/mutex/mutex-behaviours.ts', 'two calls under one session exclude one another'],
      ['recipes/mutex/faults.test.ts', 'that is taken while its own end is late is another one'],
    ],
    'A call that you give up leaves no place behind': MOMENTS,
  },
  RWMutex: {
    'As for a mutex, for writers against everybody': [...MOMENTS, ...SCENARIOS],
    'First come, first served': [
      ['recipes/mutex/rw-mutex-behaviours.ts', 'readers that come after a waiting writer wait for it'],
      ...SCENARIOS,
    ],
  },
  Election: {
    'The oldest candidacy leads.': [
      ['recipes/election/election-behaviours.ts', 'candidates lead in the order in which they came'],
      ...SCENARIOS,
    ],
    '`campaign` resolves only after': [...MOMENTS, ...SCENARIOS],
    'A leader learns of its loss': [
      ['recipes/election/election-behaviours.ts', 'a client that deletes the candidacy ends the leadership'],
      ...SCENARIOS,
    ],
    '`proclaim` writes once, and only while it leads.': [
      ...MOMENTS,
      ['recipes/election/election-behaviours.ts', 'a former leader proclaims nothing'],
    ],
    '`leader()` is linearizable.': SCENARIOS,
    '`observe()` reports every leader and every value': [
      ['recipes/election/election-behaviours.ts', 'observers are told the present leader, every value'],
      ...SCENARIOS,
    ],
    'It ends only by rejecting': [
      ['recipes/election/election-behaviours.ts', 'an observer that was there before anybody led'],
    ],
  },
  STM: {
    'What a run reports as committed': [
      ...MOMENTS,
      ['recipes/exactly-once.property.test.ts', 'a transaction that is ok has applied once'],
      ...SCENARIOS,
    ],
    'At `SerializableSnapshot` and `Serializable`': [
      ['recipes/stm.test.ts', 'start over with a new snapshot when the old one is compacted away'],
      ...SCENARIOS,
    ],
  },
  transfer: {
    'A transfer moves its amount exactly once per id': [
      ...MOMENTS,
      ['recipes/transfer.test.ts', 'moves the amount once when it meets'],
      ...SCENARIOS,
    ],
  },
};
