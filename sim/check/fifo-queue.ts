/**
 * Whether a history is one of a queue, first in, first out, whose dequeues wait while it is empty. Exact, in
 * O(n log n): both rules below are about pairs of interval orders, in which every cycle has a short one.
 * Invariant: every violation is the first that shows. It names operations that no order explains, as a search
 * through all orders has certified.
 */
import type { Finding } from './check.js';
import { earliest } from './earliest-violation.js';
import { certified } from './queue/certify.js';
import {
  isDequeued,
  readQueue,
  withoutAnswer,
  violated,
  type DequeuedItem,
  type QueueItem,
  type QueueOperation,
} from './queue/items.js';

/** Judges the operations of one queue. Values are unique; operations that did not happen are left out. */
export function checkFifoQueue(operations: readonly QueueOperation[]): Finding {
  return earliest(operations, judge, withoutAnswer);
}

function judge(operations: readonly QueueOperation[]): Finding {
  const history = readQueue(operations);
  const finding =
    history.kind === 'finding'
      ? history.finding
      : (findOvertaken(history.items) ??
        findSkipped(history.items, history.unresolved) ?? { verdict: 'satisfied' as const });
  return certified(finding, operations);
}

/** An item that left after a later item; the one that shows first. */
function findOvertaken(items: readonly QueueItem[]): Finding | undefined {
  const byInvocation = items.filter(isDequeued).sort((a, b) => a.enqueue.invoke - b.enqueue.invoke);
  const byReturn = [...byInvocation].sort(byEnqueuedBy);
  /** Of the items that were in before the present one arrived, the one whose dequeue began last. */
  let latest: DequeuedItem | undefined;
  let next = 0;
  let found: { readonly overtaken: DequeuedItem; readonly overtaking: DequeuedItem } | undefined;
  for (const item of byInvocation) {
    for (;;) {
      const earlier = byReturn[next];
      if (earlier === undefined || !(earlier.enqueuedBy < item.enqueue.invoke)) break;
      if (latest === undefined || earlier.dequeue.invoke > latest.dequeue.invoke) latest = earlier;
      next += 1;
    }
    if (latest === undefined || !(latest.dequeue.invoke > item.dequeue.return)) continue;
    if (found !== undefined && found.overtaking.dequeue.return <= item.dequeue.return) continue;
    found = { overtaken: latest, overtaking: item };
  }
  if (found === undefined) return undefined;
  const { overtaken, overtaking } = found;
  return violated(
    `${overtaking.dequeue.id} took ${overtaking.value} before ${overtaken.value}, which ${overtaken.enqueue.id} put earlier`,
    [overtaken, overtaking].flatMap(({ enqueue, dequeue }) => [enqueue, dequeue]),
  );
}

/** Items that must have been taken by then, but are more than the dequeues that can have taken them. */
function findSkipped(
  items: readonly QueueItem[],
  unresolved: readonly QueueOperation[],
): Finding | undefined {
  const taken = items.filter(isDequeued).sort((a, b) => a.enqueue.invoke - b.enqueue.invoke);
  /** Of the items from each index on, the one whose dequeue returned first. */
  const firstFrom: DequeuedItem[] = [];
  for (let index = taken.length - 1; index >= 0; index--) {
    const item = taken[index];
    const first = firstFrom[index + 1];
    if (item === undefined) continue;
    firstFrom[index] = first !== undefined && first.dequeue.return < item.dequeue.return ? first : item;
  }
  const skipped: { readonly item: QueueItem; readonly overtaking: DequeuedItem }[] = [];
  let next = 0;
  for (const item of items.filter((candidate) => !isDequeued(candidate)).sort(byEnqueuedBy)) {
    while ((taken[next]?.enqueue.invoke ?? Infinity) <= item.enqueuedBy) next += 1;
    const overtaking = firstFrom[next];
    if (overtaking !== undefined) skipped.push({ item, overtaking });
  }
  skipped.sort((a, b) => a.overtaking.dequeue.return - b.overtaking.dequeue.return);
  let available = 0;
  for (const [index, { overtaking }] of skipped.entries()) {
    while ((unresolved[available]?.invoke ?? Infinity) < overtaking.dequeue.return) available += 1;
    if (index < available) continue;
    const all = skipped.slice(0, index + 1);
    const values = all.map(({ item }) => item.value).join(', ');
    const by = available === 0 ? '' : `; only ${available} unresolved dequeues had begun by then`;
    return violated(
      `${overtaking.dequeue.id} took ${overtaking.value} although ${values} came before it${by}`,
      [
        ...all.flatMap((one) => [one.item.enqueue, one.overtaking.enqueue, one.overtaking.dequeue]),
        ...unresolved.slice(0, available),
      ],
    );
  }
  return undefined;
}

function byEnqueuedBy(a: QueueItem, b: QueueItem): number {
  return a.enqueuedBy === b.enqueuedBy ? 0 : a.enqueuedBy - b.enqueuedBy;
}
