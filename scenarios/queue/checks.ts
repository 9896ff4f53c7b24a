/** The rules of every queue: over etcd's log and over the results of producers and consumers. */
import type { Check, Finding } from '../../sim/check/check.js';
import { checks, type FifoQueueOptions } from '../../sim/check/ready/index.js';
import { readItems, type LoggedItem } from './items-in-log.js';
import type { PerformedOperation, QueueHistory, QueueOptions } from './plan.js';

/** The rules for queues of these names. */
export function queueChecks(
  names: readonly string[],
  priorities: boolean,
  options: Pick<QueueOptions, 'queues'>,
): readonly Check<QueueHistory>[] {
  const queues = names.slice(0, options.queues);
  const rule = (name: string, description: string, judge: Judge): Check<QueueHistory> => ({
    name,
    description,
    check(history): Finding {
      const items = readItems(history, queues, priorities);
      return judge({ history, items, queues }) ?? { verdict: 'satisfied' };
    },
  });
  const order: FifoQueueOptions = {
    ...{ enqueue: 'enqueue', dequeue: 'dequeue', whenAbsent: 'satisfied' },
    left: (history, queue) =>
      readItems(history, [queue], priorities).flatMap(({ value, left }) =>
        left === undefined ? [value] : [],
      ),
  };
  return [
    priorities
      ? rule(
          'priority-order',
          'To clients, each queue delivers the smallest priority first, and equal priorities first in, first out.',
          (record) => ordered(record, checks.priorityQueue(order)),
        )
      : rule('fifo', 'To clients, each queue is first in, first out.', (books) =>
          ordered(books, checks.fifoQueue(order)),
        ),
    rule('own-queue', 'Every dequeued value was enqueued in that queue.', ownQueue),
    rule('no-duplicate', 'No item is dequeued twice or enqueued twice.', noDuplicate),
    rule(
      'no-loss',
      'Every item that left its queue was dequeued, or an indefinite dequeue may have taken it.',
      noLoss,
    ),
    rule(
      'ok-exactly-once',
      'Every ok enqueue and dequeue is in the log exactly once, at the reported revision.',
      okExactlyOnce,
    ),
    rule('failed-never', 'No item of a failed enqueue is in the log.', failedNever),
  ];
}

interface QueueRecord {
  readonly history: QueueHistory;
  readonly items: readonly LoggedItem[];
  readonly queues: readonly string[];
}

type Judge = (record: QueueRecord) => Finding | undefined;

function violated(message: string, operations: readonly string[], revisions: readonly number[]): Finding {
  return { verdict: 'violated', message, operations, revisions };
}

/** The queues one by one, in the order of their names' list. */
function ordered({ history, queues }: QueueRecord, check: Check): Finding | undefined {
  for (const queue of queues) {
    const operations = history.operations.filter((operation) => operation.input.queue === queue);
    const finding = check.check({ ...history, operations });
    if (finding.verdict !== 'satisfied') return finding;
  }
  return undefined;
}

/** The value that a dequeue handed out. */
function takenBy({ name, outcome }: PerformedOperation): string | undefined {
  return name === 'dequeue' && outcome?.kind === 'ok' ? outcome.output.value : undefined;
}

function ownQueue({ history, items }: QueueRecord): Finding | undefined {
  for (const operation of history.operations) {
    const value = takenBy(operation);
    const { queue } = operation.input;
    if (value === undefined || items.some((item) => item.queue === queue && item.value === value)) continue;
    const other = items.find((item) => item.value === value);
    const where = other === undefined ? 'which nobody put' : `which was put into the queue ${other.queue}`;
    return violated(
      `${operation.id} took ${JSON.stringify(value)} from the queue ${queue}, ${where}`,
      other === undefined ? [operation.id] : [value, operation.id],
      other === undefined ? [] : [other.cameAt],
    );
  }
  return undefined;
}

function noDuplicate({ history, items }: QueueRecord): Finding | undefined {
  const puts = new Map<string, LoggedItem>();
  for (const item of items) {
    const other = puts.get(item.value);
    if (other !== undefined) {
      return violated(
        `${item.value} was put twice, at revisions ${other.cameAt} and ${item.cameAt}`,
        [item.value],
        [other.cameAt, item.cameAt],
      );
    }
    puts.set(item.value, item);
  }
  const takers = new Map<string, PerformedOperation>();
  for (const operation of history.operations) {
    const value = takenBy(operation);
    const other = value === undefined ? undefined : takers.get(value);
    if (value === undefined || !puts.has(value)) continue;
    if (other !== undefined) {
      return violated(
        `${value} was dequeued twice, by ${other.id} and ${operation.id}`,
        [value, other.id, operation.id],
        [],
      );
    }
    takers.set(value, operation);
  }
  return undefined;
}

function noLoss({ history, items, queues }: QueueRecord): Finding | undefined {
  const handedOut = new Set(history.operations.map(takenBy));
  for (const queue of queues) {
    let unresolved = history.operations.filter(
      (operation) =>
        operation.name === 'dequeue' &&
        operation.input.queue === queue &&
        (operation.outcome === undefined || operation.outcome.kind === 'indefinite'),
    ).length;
    for (const { value, left, queue: from } of items) {
      if (from !== queue || left === undefined || handedOut.has(value)) continue;
      if (left.how === 'deleted' && unresolved > 0) {
        unresolved -= 1;
        continue;
      }
      const how = left.how === 'deleted' ? 'left' : 'was overwritten in';
      return violated(
        `${value} ${how} the queue ${queue} at revision ${left.revision}, but no dequeue got it`,
        [value],
        [left.revision],
      );
    }
  }
  return undefined;
}

function okExactlyOnce({ history, items }: QueueRecord): Finding | undefined {
  const byValue = new Map(items.map((item) => [item.value, item]));
  for (const operation of history.operations) {
    if (operation.outcome?.kind !== 'ok' || operation.name === 'reopen') continue;
    const { queue, value: put } = operation.input;
    const value = takenBy(operation) ?? put;
    const item = value === undefined ? undefined : byValue.get(value);
    const problem = okProblem(operation, item, queue);
    if (problem === undefined) continue;
    return violated(
      `${operation.id} was reported ok, but ${problem}`,
      [operation.id],
      item === undefined ? [] : [item.cameAt],
    );
  }
  return undefined;
}

function okProblem(
  operation: PerformedOperation,
  item: LoggedItem | undefined,
  queue: string,
): string | undefined {
  if (item?.queue !== queue) return `its item was never in the queue ${queue}`;
  const revision = operation.outcome?.kind === 'ok' ? operation.outcome.revision : undefined;
  const actual = operation.name === 'enqueue' ? item.cameAt : item.left?.revision;
  if (actual === undefined) return `its item ${item.value} is still there`;
  if (revision === undefined || revision === actual) return undefined;
  return `the log has it at revision ${actual} instead of ${revision}`;
}

function failedNever({ history, items }: QueueRecord): Finding | undefined {
  const byValue = new Map(items.map((item) => [item.value, item]));
  for (const operation of history.operations) {
    if (operation.name !== 'enqueue' || operation.outcome?.kind !== 'failed') continue;
    const item = byValue.get(operation.id);
    if (item === undefined) continue;
    return violated(
      `${operation.id} was reported failed (${operation.outcome.error.message}), but is in the log at revision ${item.cameAt}`,
      [operation.id],
      [item.cameAt],
    );
  }
  return undefined;
}
