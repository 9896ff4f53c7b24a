/** The recipes: coordination over an etcd3 client, for production. */
export { STM, type RunOptions, type RunResult, type StmOptions } from './stm/stm.js';
export type { Isolation } from './stm/isolation.js';
export type { PutOptions, Transaction } from './stm/transaction.js';
export { transfer, type TransferOptions, type TransferRequest, type TransferResult } from './transfer.js';
export type { BackoffOptions } from './backoff.js';
export type { EffortOptions } from './effort.js';
export {
  ClosedError,
  ConflictError,
  DefiniteError,
  IndefiniteError,
  RecipeError,
  SessionLostError,
} from './errors.js';
export type { CallOptions } from './calls.js';
export {
  Barrier,
  type BarrierHold,
  type BarrierOptions,
  type BarrierPassage,
  type BarrierRelease,
} from './barrier/barrier.js';
export { DoubleBarrier, type EnteredRound } from './barrier/double-barrier.js';
export { BarrierHeldError, TooManyClientsError } from './barrier/errors.js';
export { Election } from './election/election.js';
export { ElectionObserver } from './election/election-observer.js';
export { Leadership, type Proclaimed } from './election/leadership.js';
export type { Leader } from './election/candidates.js';
export { HeldLock } from './mutex/held-lock.js';
export { Mutex } from './mutex/mutex.js';
export { RWMutex } from './mutex/rw-mutex.js';
export { Session, type SessionOptions } from './session.js';
export { Queue, type Dequeued, type Enqueued, type QueueOptions } from './queue/queue.js';
export { PriorityQueue, type Prioritized } from './queue/priority-queue.js';
