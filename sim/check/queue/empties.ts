/**
 * Dequeues that found the queue empty. It was surely not empty in two cases: an item was in it that no
 * dequeue had taken yet; or it held more items than the unanswered dequeues can have taken. Invariant: a
 * dequeue is wrong only if one of the two held at every moment from its invocation to its return. O(n log n).
 */
import { isDequeued, type QueueItem, type QueueOperation } from './items.js';

/** A dequeue that reported that. */
export interface EmptyDequeue {
  readonly id: string;
  readonly invoke: number;
  readonly return: number;
}

/** A wrong dequeue, with the items that together show that the queue was never empty during it. */
export interface FalseEmpty {
  readonly dequeue: EmptyDequeue;
  readonly items: readonly QueueItem[];
}

/** The first, by its return. */
export function falseEmptyOf(
  dequeues: readonly EmptyDequeue[],
  items: readonly QueueItem[],
  unresolved: readonly QueueOperation[],
): FalseEmpty | undefined {
  const taken = items
    .filter(isDequeued)
    .map((item) => ({ item, from: item.enqueuedBy, until: item.dequeue.invoke }))
    .filter(({ from, until }) => from < until)
    .sort((one, other) => one.from - other.from);
  const left = items
    .filter((item) => !isDequeued(item) && item.enqueuedBy !== Infinity)
    .sort((one, other) => one.enqueuedBy - other.enqueuedBy);
  let first: FalseEmpty | undefined;
  for (const dequeue of [...dequeues].sort((one, other) => one.return - other.return)) {
    if (first !== undefined) break;
    const begun = unresolved.filter(({ invoke }) => invoke < dequeue.return).length;
    const surplus = left[begun];
    // From then on more are left than can have been taken.
    const full = surplus === undefined ? Infinity : surplus.enqueuedBy;
    const chain = chainOver(taken, dequeue.invoke, Math.min(full, dequeue.return));
    if (chain === undefined) continue;
    const rest = full < dequeue.return ? left.slice(0, begun + 1) : [];
    first = { dequeue, items: [...chain.map(({ item }) => item), ...rest] };
  }
  return first;
}

interface Stay {
  readonly item: QueueItem;
  readonly from: number;
  readonly until: number;
}

/**
 * Few of the stays, sorted by their beginning, that leave no gap from one moment to another; empty if there
 * are none.
 */
function chainOver(stays: readonly Stay[], from: number, until: number): Stay[] | undefined {
  const chain: Stay[] = [];
  let reached = from;
  let next = 0;
  while (reached < until) {
    let longest: Stay | undefined;
    // Two that touch leave no moment between them: moments differ.
    for (; next < stays.length && (stays[next]?.from ?? Infinity) <= reached; next++) {
      const stay = stays[next];
      if (stay !== undefined && (longest === undefined || stay.until > longest.until)) longest = stay;
    }
    if (longest === undefined || longest.until <= reached) return undefined;
    chain.push(longest);
    reached = longest.until;
  }
  return chain;
}
