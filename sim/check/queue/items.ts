/**
 * The operations of one queue, and their facts about each item. Invariant: operations that did not happen are
 * left out. One that may have happened has no return, and one that took an unknown item has no value.
 */
import type { Finding } from '../check.js';

/** One operation that happened or may have happened. */
export interface QueueOperation {
  readonly id: string;
  readonly kind: 'enqueue' | 'dequeue';
  /** The value that was put or taken; undefined for a dequeue that took an unknown item, or none. */
  readonly value?: string | undefined;
  /** For an enqueue: the smaller leaves first; 0 by default. */
  readonly priority?: number | undefined;
  /** Place in the run's order of events. */
  readonly invoke: number;
  /** Undefined if it may have happened at any time after its invocation, or never. */
  readonly return?: number | undefined;
}

/** A dequeue that returned what it took. */
export interface KnownDequeue extends QueueOperation {
  readonly return: number;
}

/** One item. It was dequeued, or its enqueue has returned; otherwise it may never have existed. */
export interface QueueItem {
  readonly value: string;
  readonly priority: number;
  readonly enqueue: QueueOperation;
  /** When its enqueue had surely happened; infinity if unknown. */
  readonly enqueuedBy: number;
  readonly dequeue: KnownDequeue | undefined;
}

/** An item with a known dequeue. */
export interface DequeuedItem extends QueueItem {
  readonly dequeue: KnownDequeue;
}

export type QueueHistory =
  | {
      readonly kind: 'items';
      readonly items: readonly QueueItem[];
      /** Dequeues that may each have taken one item, by invocation. */
      readonly unresolved: readonly QueueOperation[];
    }
  /** It cannot be judged, or is already wrong in any order. */
  | { readonly kind: 'finding'; readonly finding: Finding };

/** Puts operations and items together. */
export function readQueue(operations: readonly QueueOperation[]): QueueHistory {
  const enqueues = new Map<string, QueueOperation>();
  for (const operation of operations) {
    if (operation.kind !== 'enqueue') continue;
    const { value } = operation;
    if (value === undefined) return inconclusive(`${operation.id} puts an unknown value`);
    const other = enqueues.get(value);
    if (other !== undefined)
      return inconclusive(`${other.id} and ${operation.id} put the same value ${value}`);
    enqueues.set(value, operation);
  }
  const dequeues = new Map<string, KnownDequeue>();
  const unresolved: QueueOperation[] = [];
  const known = operations.filter((operation) => operation.kind === 'dequeue').sort(byReturn);
  for (const operation of known) {
    if (!isKnown(operation)) {
      unresolved.push(operation);
      continue;
    }
    const { id, value } = operation;
    const enqueue = enqueues.get(value);
    if (enqueue === undefined) return wrong(`${id} took ${value}, which nobody put`, [operation]);
    const other = dequeues.get(value);
    if (other !== undefined) {
      return wrong(`${value} was taken twice, by ${other.id} and by ${id}`, [enqueue, other, operation]);
    }
    if (operation.return < enqueue.invoke) {
      return wrong(`${id} took ${value} before ${enqueue.id} began to put it`, [operation, enqueue]);
    }
    dequeues.set(value, operation);
  }
  const items: QueueItem[] = [];
  for (const [value, enqueue] of enqueues) {
    const dequeue = dequeues.get(value);
    if (dequeue === undefined && enqueue.return === undefined) continue;
    const { priority = 0, return: enqueuedBy = Infinity } = enqueue;
    items.push({ value, priority, enqueue, enqueuedBy, dequeue });
  }
  return { kind: 'items', items, unresolved: unresolved.sort((a, b) => a.invoke - b.invoke) };
}

export function isDequeued(item: QueueItem): item is DequeuedItem {
  return item.dequeue !== undefined;
}

/** The known part of an operation before its return. */
export function withoutAnswer({ id, kind, value, priority, invoke }: QueueOperation): QueueOperation {
  return kind === 'enqueue' ? { id, kind, value, priority, invoke } : { id, kind, invoke };
}

/** A violation by these operations, each named once, in the order of their invocations. */
export function violated(
  message: string,
  operations: Iterable<QueueOperation>,
): Finding & { verdict: 'violated' } {
  const ordered = [...new Set(operations)].sort((a, b) => a.invoke - b.invoke);
  return {
    verdict: 'violated',
    message,
    operations: ordered.map((operation) => operation.id),
    revisions: [],
  };
}

function isKnown(operation: QueueOperation): operation is KnownDequeue & { readonly value: string } {
  return operation.return !== undefined && operation.value !== undefined;
}

function byReturn(a: QueueOperation, b: QueueOperation): number {
  const [first, second] = [a.return ?? Infinity, b.return ?? Infinity];
  return first === second ? 0 : first - second;
}

function wrong(message: string, operations: readonly QueueOperation[]): QueueHistory {
  return { kind: 'finding', finding: violated(message, operations) };
}

function inconclusive(reason: string): QueueHistory {
  return { kind: 'finding', finding: { verdict: 'inconclusive', reason } };
}
