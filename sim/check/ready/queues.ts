/**
 * Queues, first in, first out, or by priority, each by itself. Invariant: a dequeue that found its queue empty is
 * checked against the items that were certainly in it. The exact checkers of queues judge the rest.
 */
import type { History, Operation } from '../../history/history.js';
import { endOf } from '../../history/operations.js';
import type { Check, Finding } from '../check.js';
import { checkFifoQueue } from '../fifo-queue.js';
import { checkPriorityQueue } from '../priority-queue.js';
import { falseEmptyOf, type EmptyDequeue } from '../queue/empties.js';
import { readQueue, type QueueOperation } from '../queue/items.js';
import { numberOf } from './fencing.js';
import {
  expectOptions,
  namesOf,
  operationNames,
  optionalFunction,
  reader,
  type OperationNames,
  type ReadyOptions,
} from './options.js';
import { found, foundStored, partOf, storedTextOf, type Reader } from './reading.js';
import { readyCheck, violated } from './ready-check.js';

export interface FifoQueueOptions extends ReadyOptions {
  readonly enqueue: OperationNames;
  readonly dequeue: OperationNames;
  /** What an enqueue put; each may be put once. By default the field `item` or `value` of the input, or the input. */
  readonly item?: Reader | undefined;
  /** What a dequeue took; null where it found the queue empty. By default the field `item` or `value` of the output, or the output. */
  readonly taken?: Reader | undefined;
  /** Which queue, where there are several. By default the field `queue` of the input. */
  readonly queue?: Reader | undefined;
  /** The items that are left in a queue at the end, if you know them. They count as dequeued after all others. */
  readonly left?: ((history: History, queue: string) => Iterable<unknown>) | undefined;
}

export interface PriorityQueueOptions extends FifoQueueOptions {
  /** The smaller leaves first. By default the field `priority` of the input. */
  readonly priority?: Reader | undefined;
}

const entries = {
  enqueue: operationNames,
  dequeue: operationNames,
  item: reader,
  taken: reader,
  queue: reader,
  left: optionalFunction,
};

/** The first item in is the first out. */
export function fifoQueue(options: FifoQueueOptions): Check {
  expectOptions('fifoQueue', entries, options);
  return queueCheck('fifoQueue', options, {
    name: 'fifo-queue',
    description: 'First in, first out; each item leaves once.',
    check: checkFifoQueue,
    priorityOf: () => 0,
  });
}

/** The smallest priority leaves first, and of one priority what came first. */
export function priorityQueue(options: PriorityQueueOptions): Check {
  expectOptions('priorityQueue', { ...entries, priority: reader }, options);
  return queueCheck('priorityQueue', options, {
    name: 'priority-queue',
    description: 'The smallest priority leaves first, equal priorities in order; each item leaves once.',
    check: checkPriorityQueue,
    priorityOf(operation) {
      const place = { option: 'priority', in: 'input', fields: ['priority'] } as const;
      return numberOf(found(place, options.priority, operation), operation);
    },
  });
}

interface Kind {
  readonly name: string;
  readonly description: string;
  check(operations: readonly QueueOperation[]): Finding;
  priorityOf(enqueue: Operation): number;
}

function queueCheck(
  factory: string,
  options: FifoQueueOptions,
  { name, description, check, priorityOf }: Kind,
): Check {
  const { enqueue, dequeue } = options;
  return readyCheck({
    factory,
    options,
    name,
    description,
    roles: { enqueue, dequeue },
    judge(history) {
      for (const [queue, { operations, empties }] of queuesOf(history, options, priorityOf)) {
        const finding = judgeQueue(check, {
          operations,
          empties,
          left: [...(options.left?.(history, queue) ?? [])].map(
            (item) => storedTextOf(item) ?? refuseLeft(item),
          ),
        });
        if (finding.verdict !== 'satisfied') return queue === '' ? finding : inQueue(queue, finding);
      }
      return undefined;
    },
  });
}

interface QueueWork {
  readonly operations: QueueOperation[];
  readonly empties: EmptyDequeue[];
}

/** What happened, or may have happened, in each queue. */
function queuesOf(
  { operations }: History,
  { enqueue, dequeue, item, taken, queue }: FifoQueueOptions,
  priorityOf: (operation: Operation) => number,
): Map<string, QueueWork> {
  const queues = new Map<string, QueueWork>();
  for (const operation of operations) {
    const isEnqueue = namesOf(enqueue).includes(operation.name);
    if (!isEnqueue && !namesOf(dequeue).includes(operation.name)) continue;
    const name = partOf({ option: 'queue', fields: ['queue'] }, queue, operation);
    const own = queues.get(name) ?? { operations: [], empties: [] };
    queues.set(name, own);
    const kind = endOf(operation);
    if (kind === 'failed') continue;
    const { id, invoke } = operation;
    const end = kind === 'ok' ? operation.return?.sequence : undefined;
    const shared = { id, invoke: invoke.sequence, return: end };
    if (isEnqueue) {
      own.operations.push({
        ...shared,
        kind: 'enqueue',
        value: foundStored({ option: 'item', in: 'input', fields: ['item', 'value'] }, item, operation),
        priority: priorityOf(operation),
      });
    } else if (end === undefined) own.operations.push({ ...shared, kind: 'dequeue' });
    else {
      const value = takenBy(operation, taken);
      if (value === undefined) own.empties.push({ ...shared, return: end });
      else own.operations.push({ ...shared, kind: 'dequeue', value });
    }
  }
  return queues;
}

/** Undefined where it found the queue empty. */
function takenBy(operation: Operation, taken: Reader | undefined): string | undefined {
  const place = { option: 'taken', in: 'output', fields: ['item', 'value'] } as const;
  return storedTextOf(found(place, taken === undefined ? undefined : (one) => taken(one) ?? null, operation));
}

function refuseLeft(item: unknown): never {
  throw new Error(`left returned an item that is ${String(item)}: expected what was enqueued`);
}

/** Dequeues after all other operations take out the items that were left. */
function judgeQueue(
  check: Kind['check'],
  { operations, empties, left }: QueueWork & { readonly left: readonly string[] },
): Finding {
  const put = new Set(operations.map(({ kind, value }) => (kind === 'enqueue' ? value : undefined)));
  const drains = left
    .filter((value) => put.has(value))
    .map((value): QueueOperation => ({
      id: `the final drain: ${value}`,
      kind: 'dequeue',
      value,
      invoke: Number.MAX_SAFE_INTEGER - 1,
      return: Number.MAX_SAFE_INTEGER,
    }));
  const finding = check([...operations, ...drains]);
  if (finding.verdict === 'violated') {
    const known = new Set(operations.map(({ id }) => id));
    return { ...finding, operations: finding.operations.filter((id) => known.has(id)) };
  }
  if (finding.verdict === 'inconclusive' || empties.length === 0) return finding;
  const history = readQueue(operations);
  if (history.kind === 'finding') return history.finding;
  const wrong = falseEmptyOf(empties, history.items, history.unresolved);
  if (wrong === undefined) return finding;
  const values = wrong.items.map(({ value }) => value).join(', ');
  return violated(
    `${wrong.dequeue.id} found the queue empty, although one of ${values} was always in it: expected an item`,
    [
      wrong.dequeue.id,
      ...wrong.items.flatMap(({ enqueue, dequeue }) =>
        dequeue === undefined ? [enqueue.id] : [enqueue.id, dequeue.id],
      ),
    ],
  );
}

function inQueue(queue: string, finding: Exclude<Finding, { readonly verdict: 'satisfied' }>): Finding {
  return finding.verdict === 'violated'
    ? { ...finding, message: `queue ${queue}: ${finding.message}` }
    : { ...finding, reason: `queue ${queue}: ${finding.reason}` };
}
