/**
 * Every ready-made check, by name. Each is a function of options that makes a {@link Check} over operations by their
 * names. Adding one is a file beside this, a line here and an entry in `reference/`.
 */
import { atMostOncePerSlot } from './at-most-once-per-slot.js';
import { barrier, doubleBarrier } from './barriers.js';
import { conservedSum } from './conserved-sum.js';
import { eventuallyEqual } from './eventually-equal.js';
import { exactlyOnce } from './exactly-once.js';
import { mutualExclusion, readWriteLock, semaphore } from './exclusion.js';
import { fencing } from './fencing.js';
import { leaseToldInTime } from './lease-told-in-time.js';
import { linearizable } from './linearizable.js';
import { monotonicReads } from './monotonic-reads.js';
import { noLostUpdate } from './no-lost-update.js';
import { oneLeader } from './one-leader.js';
import { fifoQueue, priorityQueue } from './queues.js';
import { register } from './register.js';
import { strictSerializable } from './strict-serializable.js';
import { watchGuarantees } from './watch-guarantees.js';

export const checks = {
  fifoQueue,
  priorityQueue,
  mutualExclusion,
  fencing,
  readWriteLock,
  semaphore,
  barrier,
  doubleBarrier,
  oneLeader,
  leaseToldInTime,
  register,
  linearizable,
  strictSerializable,
  conservedSum,
  exactlyOnce,
  noLostUpdate,
  monotonicReads,
  watchGuarantees,
  eventuallyEqual,
  atMostOncePerSlot,
} as const;

/** The name of a ready-made check. */
export type ReadyCheckName = keyof typeof checks;

export type { AtMostOncePerSlotOptions } from './at-most-once-per-slot.js';
export type { BarrierOptions, DoubleBarrierOptions } from './barriers.js';
export type { ConservedSumOptions } from './conserved-sum.js';
export type { EventuallyEqualOptions } from './eventually-equal.js';
export type { ExactlyOnceOptions, LoggedEvent } from './exactly-once.js';
export type { MutualExclusionOptions, ReadWriteLockOptions, SemaphoreOptions } from './exclusion.js';
export type { FencingOptions } from './fencing.js';
export type { LeaseToldInTimeOptions } from './lease-told-in-time.js';
export type {
  LinearizableCounterOptions,
  LinearizableModelOptions,
  LinearizableOptions,
  LinearizableRegisterOptions,
  LinearizableSetOptions,
} from './linearizable.js';
export type { MonotonicReadsOptions } from './monotonic-reads.js';
export type { NoLostUpdateOptions } from './no-lost-update.js';
export type { OneLeaderOptions } from './one-leader.js';
export type { OperationNames, ReadyOptions } from './options.js';
export type { FifoQueueOptions, PriorityQueueOptions } from './queues.js';
export type { Performed, Reader } from './reading.js';
export type { RegisterOptions } from './register.js';
export type { DuringOptions, PairOptions, SpanOptions } from './spans.js';
export type { StrictSerializableOptions } from './strict-serializable.js';
export type { WatchGuaranteesOptions } from './watch-guarantees.js';
