/** The recipes: coordination over an etcd3 client, for production. */
export { STM, type RunOptions, type RunResult, type StmOptions } from './stm/stm.js';
export type { Isolation } from './stm/isolation.js';
export type { PutOptions, Transaction } from './stm/transaction.js';
export { transfer, type TransferOptions, type TransferRequest, type TransferResult } from './transfer.js';
export type { BackoffOptions } from './backoff.js';
export type { EffortOptions } from './effort.js';
export {
  BarrierHeldError,
  ClosedError,
  ConflictError,
  DefiniteError,
  IndefiniteError,
  RecipeError,
  SessionLostError,
  TooManyClientsError,
} from './errors.js';
export type { CallOptions } from './calls.js';
export { Barrier, type BarrierOptions, type Released } from './barrier/barrier.js';
export { DoubleBarrier } from './barrier/double-barrier.js';
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
