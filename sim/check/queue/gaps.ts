/**
 * The gaps between the events of a history, numbered: gap g follows the g-th event. Everything happens in one
 * of them. Invariant: of events at one time those that begin come first, so that they overlap.
 */
import type { DequeuedItem, QueueItem, QueueOperation } from './items.js';

/** An item's events by their places. */
export interface PlacedItem {
  readonly item: QueueItem;
  readonly enqueueInvoke: number;
  /** Infinity if the enqueue may have happened at any time. */
  readonly enqueueReturn: number;
  readonly taken: PlacedDequeue | undefined;
}

/** A dequeue happens in one of the gaps from `first` to `last`. */
export interface PlacedDequeue {
  readonly item: DequeuedItem;
  /** Place of the dequeue's invocation. */
  readonly invoke: number;
  /** The first gap that follows both invocations. */
  readonly first: number;
  readonly last: number;
}

export interface Gaps {
  readonly count: number;
  readonly items: readonly PlacedItem[];
  /** Places of the invocations of unresolved dequeues, ascending. */
  readonly unresolved: readonly number[];
}

export function placeEvents(items: readonly QueueItem[], unresolved: readonly QueueOperation[]): Gaps {
  const invocations: number[] = [];
  const returns: number[] = [];
  for (const { enqueue, enqueuedBy, dequeue } of items) {
    invocations.push(enqueue.invoke);
    if (enqueuedBy !== Infinity) returns.push(enqueuedBy);
    if (dequeue !== undefined) {
      invocations.push(dequeue.invoke);
      returns.push(dequeue.return);
    }
  }
  for (const { invoke } of unresolved) invocations.push(invoke);
  const begun = Float64Array.from(invocations).sort();
  const ended = Float64Array.from(returns).sort();
  // Events of one time and kind share the place of the last of them.
  const placeOfInvocation = (time: number) => upTo(begun, time) + below(ended, time) - 1;
  const placeOfReturn = (time: number) => upTo(begun, time) + upTo(ended, time) - 1;
  const place = (item: QueueItem): PlacedItem => {
    const enqueueInvoke = placeOfInvocation(item.enqueue.invoke);
    const enqueueReturn = item.enqueuedBy === Infinity ? Infinity : placeOfReturn(item.enqueuedBy);
    const { dequeue } = item;
    if (dequeue === undefined) return { item, enqueueInvoke, enqueueReturn, taken: undefined };
    const invoke = placeOfInvocation(dequeue.invoke);
    const first = Math.max(invoke, enqueueInvoke);
    const taken = { item: { ...item, dequeue }, invoke, first, last: placeOfReturn(dequeue.return) - 1 };
    return { item, enqueueInvoke, enqueueReturn, taken };
  };
  return {
    count: begun.length + ended.length,
    items: items.map(place),
    unresolved: unresolved.map(({ invoke }) => placeOfInvocation(invoke)),
  };
}

/** How many of the ascending numbers are at most this large. */
export function upTo(ascending: ArrayLike<number>, limit: number): number {
  return countWhile(ascending, (value) => value <= limit);
}

/** How many of the ascending numbers are smaller. */
export function below(ascending: ArrayLike<number>, limit: number): number {
  return countWhile(ascending, (value) => value < limit);
}

function countWhile(ascending: ArrayLike<number>, holds: (value: number) => boolean): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(Number(ascending[middle]))) low = middle + 1;
    else high = middle;
  }
  return low;
}
