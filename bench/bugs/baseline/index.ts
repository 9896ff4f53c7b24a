/**
 * Which subject tests which specimen, and the same subjects over right recipes, which they must not accuse. Adding a
 * specimen is one line.
 */
import { openBarriers } from '../../../scenarios/barrier/recipe.js';
import { variants as tellers } from '../../../scenarios/bank/variants.js';
import type { OpenTeller } from '../../../scenarios/bank/teller.js';
import { openDoubleBarriers } from '../../../scenarios/double-barrier/recipe.js';
import { openElections } from '../../../scenarios/election/recipe.js';
import { openSessions } from '../../../scenarios/lease/sessions.js';
import { openMutexes, openRWMutexes } from '../../../scenarios/lock/recipe.js';
import { openPriorityQueues, openQueues } from '../../../scenarios/queue/recipe.js';
import { openGoBarriers } from '../../../scenarios/specimens/barrier/go-barrier.js';
import { openGoDoubleBarriers } from '../../../scenarios/specimens/barrier/go-double-barrier.js';
import { openNaiveDoubleBarriers } from '../../../scenarios/specimens/barrier/naive-double.js';
import { openNaiveBarriers } from '../../../scenarios/specimens/barrier/naive.js';
import { clientWithoutResends } from '../../../scenarios/specimens/client.js';
import { openEtcd3Elections } from '../../../scenarios/specimens/election/etcd3-election.js';
import { openGoElections } from '../../../scenarios/specimens/election/go-election.js';
import { openNaiveElections } from '../../../scenarios/specimens/election/naive.js';
import { openEtcd3Leases } from '../../../scenarios/specimens/lease/etcd3-lease.js';
import { openNaiveLeases } from '../../../scenarios/specimens/lease/naive.js';
import { openEtcd3Locks } from '../../../scenarios/specimens/lock/etcd3-lock.js';
import { openGo34Mutexes, openGoMutexes } from '../../../scenarios/specimens/lock/go-mutex.js';
import { openGoRWMutexes } from '../../../scenarios/specimens/lock/go-rw-mutex.js';
import { openNaiveLocks } from '../../../scenarios/specimens/lock/naive.js';
import {
  openGoPriorityQueues,
  openGoQueues,
  openResendingGoPriorityQueues,
  openResendingGoQueues,
} from '../../../scenarios/specimens/queue/go-queue.js';
import { openNaivePriorityQueues, openNaiveQueues } from '../../../scenarios/specimens/queue/naive.js';
import { openEtcd3Transactions } from '../../../scenarios/specimens/transactions/etcd3-stm.js';
import { openEtcd3Watches } from '../../../scenarios/specimens/watch/etcd3-watch.js';
import { openNaiveWatches } from '../../../scenarios/specimens/watch/naive.js';
import { openTransactions } from '../../../scenarios/transactions/recipe.js';
import { openResumedWatches } from '../../../scenarios/watch/resumed.js';
import { bankSubject } from './bank.js';
import { barrierSubject } from './barriers.js';
import { doubleBarrierSubject } from './double-barriers.js';
import { electionSubject } from './elections.js';
import { leaseSubject } from './leases.js';
import { lockSubject } from './locks.js';
import { queueSubject } from './queues.js';
import { registerSubject } from './registers.js';
import { anySubject, type AnySubject } from './subject.js';
import { transactionSubject } from './transactions.js';
import { watchSubject } from './watches.js';

/** Names that a user would think of, the second because the first is its beginning. */
const several = ['jobs', 'jobs2'];
const one = ['jobs'];

const queue = { hasPriorities: false, names: several };
const priorityQueue = { hasPriorities: true, names: several };

function teller(variant: string): OpenTeller {
  const open = tellers[variant];
  if (open === undefined) throw new Error(`no variant ${variant}`);
  return open;
}

/** By the specimen's name. */
export const baselineSubjects: Readonly<Record<string, AnySubject>> = {
  'bank-lost-update': anySubject(bankSubject(teller('lost-update'))),
  'register-etcd3': anySubject(registerSubject(({ client }) => client, false)),
  'register-serializable': anySubject(registerSubject(clientWithoutResends, true)),
  'transactions-etcd3': anySubject(transactionSubject(openEtcd3Transactions, 'SerializableSnapshot')),
  'transactions-read-committed': anySubject(transactionSubject(openTransactions, 'ReadCommitted')),
  'queue-go': anySubject(queueSubject({ ...queue, open: openGoQueues })),
  'queue-go-resend': anySubject(queueSubject({ ...queue, names: one, open: openResendingGoQueues })),
  'queue-naive': anySubject(queueSubject({ ...queue, open: openNaiveQueues })),
  'priority-queue-go': anySubject(queueSubject({ ...priorityQueue, open: openGoPriorityQueues })),
  'priority-queue-go-resend': anySubject(
    queueSubject({ ...priorityQueue, names: one, open: openResendingGoPriorityQueues }),
  ),
  'priority-queue-naive': anySubject(queueSubject({ ...priorityQueue, open: openNaivePriorityQueues })),
  'mutex-go': anySubject(lockSubject(openGoMutexes, ['write'])),
  'mutex-go-3.4': anySubject(lockSubject(openGo34Mutexes, ['write'])),
  'mutex-etcd3': anySubject(lockSubject(openEtcd3Locks, ['write'])),
  'mutex-naive': anySubject(lockSubject(openNaiveLocks, ['write'])),
  'rw-mutex-go': anySubject(lockSubject(openGoRWMutexes, ['write', 'read'])),
  'barrier-go': anySubject(barrierSubject(openGoBarriers)),
  'barrier-naive': anySubject(barrierSubject(openNaiveBarriers)),
  'double-barrier-go': anySubject(doubleBarrierSubject(openGoDoubleBarriers)),
  'double-barrier-naive': anySubject(doubleBarrierSubject(openNaiveDoubleBarriers)),
  'election-go': anySubject(electionSubject(openGoElections)),
  'election-etcd3': anySubject(electionSubject(openEtcd3Elections)),
  'election-naive': anySubject(electionSubject(openNaiveElections)),
  'lease-etcd3': anySubject(leaseSubject(openEtcd3Leases)),
  'lease-naive': anySubject(leaseSubject(openNaiveLeases)),
  'watch-etcd3': anySubject(watchSubject(openEtcd3Watches)),
  'watch-naive': anySubject(watchSubject(openNaiveWatches)),
};

/** Right recipes, by what they are. */
export const rightSubjects: Readonly<Record<string, AnySubject>> = {
  'bank stm': anySubject(bankSubject(teller('stm'))),
  'bank txn': anySubject(bankSubject(teller('txn'))),
  register: anySubject(registerSubject(clientWithoutResends, false)),
  transactions: anySubject(transactionSubject(openTransactions, 'SerializableSnapshot')),
  queue: anySubject(queueSubject({ ...queue, open: openQueues })),
  'priority queue': anySubject(queueSubject({ ...priorityQueue, open: openPriorityQueues })),
  mutex: anySubject(lockSubject(openMutexes, ['write'])),
  'rw mutex': anySubject(lockSubject(openRWMutexes, ['write', 'read'])),
  barrier: anySubject(barrierSubject(openBarriers)),
  'double barrier': anySubject(doubleBarrierSubject(openDoubleBarriers)),
  election: anySubject(electionSubject(openElections)),
  lease: anySubject(leaseSubject(openSessions)),
  watch: anySubject(watchSubject(openResumedWatches)),
};
