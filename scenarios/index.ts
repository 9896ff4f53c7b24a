/** Every scenario, and every specimen: a recipe that is wrong on purpose and must be caught. */
import type { Scenario } from '../sim/scenario/scenario.js';
import { bank } from './bank.js';
import { barrier } from './barrier.js';
import { doubleBarrier } from './double-barrier.js';
import { election } from './election.js';
import { lease } from './lease.js';
import { mutex } from './mutex.js';
import { priorityQueue } from './priority-queue.js';
import { queue } from './queue.js';
import { register } from './register.js';
import { rwMutex } from './rw-mutex.js';
import { bankLostUpdate } from './specimens/bank-lost-update.js';
import { barrierSpecimens } from './specimens/barriers.js';
import { electionSpecimens } from './specimens/elections.js';
import { leaseSpecimens } from './specimens/leases.js';
import { lockSpecimens } from './specimens/locks.js';
import { queueSpecimens } from './specimens/queues.js';
import { registerSpecimens } from './specimens/registers.js';
import { transactionSpecimens } from './specimens/transactions.js';
import { watchSpecimens } from './specimens/watches.js';
import { transactions } from './transactions.js';
import { watch } from './watch.js';

export const scenarios: readonly Scenario[] = [
  bank,
  register,
  transactions,
  queue,
  priorityQueue,
  mutex,
  rwMutex,
  barrier,
  doubleBarrier,
  election,
  lease,
  watch,
];

export const specimens: readonly Scenario[] = [
  bankLostUpdate,
  ...registerSpecimens,
  ...transactionSpecimens,
  ...queueSpecimens,
  ...lockSpecimens,
  ...barrierSpecimens,
  ...electionSpecimens,
  ...leaseSpecimens,
  ...watchSpecimens,
];
