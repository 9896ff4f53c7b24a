/**
 * The planned work of producers and consumers of several queues. Invariant: each queue has as many planned
 * dequeues as enqueues, so that no node waits for an item that never comes.
 */
import fc, { type Arbitrary } from 'fast-check';
import type { OptionSpecs } from '../../sim/plan/options.js';
import type { NodeContextOf, ValuesOf } from '../../sim/scenario/define-scenario.js';
import {
  operation,
  type HistoryOf,
  type NodeOf,
  type PerformedOf,
  type PlannedOf,
} from '../../sim/scenario/operations.js';

/** Options of both scenarios, except their variants. */
export const queueOptions = {
  queues: {
    type: 'integer',
    default: 4,
    min: 1,
    max: 4,
    description: 'the number of queues; their names are prefixes of one another',
  },
  producers: { type: 'integer', default: 3, min: 1, max: 100, description: 'the number of producers' },
  consumers: { type: 'integer', default: 3, min: 1, max: 100, description: 'the number of consumers' },
  items: {
    type: 'integer',
    default: 8,
    min: 0,
    max: 10_000,
    description: 'items per producer',
  },
  lanes: {
    type: 'integer',
    default: 2,
    min: 1,
    max: 10,
    shrinks: true,
    description: 'concurrent calls per node, on the same handles',
  },
} as const satisfies OptionSpecs;

/** An operation's input. */
interface QueueInput {
  readonly queue: string;
  /** For an enqueue: its item, which is the operation's id. */
  readonly value?: string;
  /** For an enqueue into a priority queue. */
  readonly priority?: number;
  /** In a plan: it begins this many milliseconds after the previous one. */
  readonly afterMs?: number;
  /** In a plan: its caller gives up after this many milliseconds. */
  readonly giveUpAfterMs?: number;
}

export const queueOperations = {
  enqueue: operation<QueueInput, { readonly value: string }>(),
  dequeue: operation<QueueInput, { readonly value: string; readonly priority?: number }>(),
  reopen: operation<QueueInput>(),
};

type Node = NodeOf<typeof queueOperations>;
export type QueueOptions = ValuesOf<typeof queueOptions>;
export type QueueContext = NodeContextOf<typeof queueOptions, typeof queueOperations>;
export type QueueOperation = PlannedOf<typeof queueOperations>;
export type QueueHistory = HistoryOf<typeof queueOperations>;
export type PerformedOperation = PerformedOf<typeof queueOperations>;

interface Draft {
  readonly queue: number;
  readonly priority: number;
  readonly node: number;
  readonly afterMs: number;
  readonly giveUpAfterMs: number | null;
  /** The node first closes the queue's handle, and opens it again. */
  readonly reopens: boolean;
}

const PRIORITIES = [0, 1, 2, 5, 65_535];

/** @param names the queues' names; the options decide how many are used */
export function planQueues(
  names: readonly string[],
  priorities: boolean,
  options: QueueOptions,
): Arbitrary<readonly Node[]> {
  const { producers, consumers } = options;
  const queues = names.slice(0, options.queues);
  const items = producers * options.items;
  const drafts = (nodes: number) =>
    fc.array(draftOf(queues.length, nodes), { minLength: items, maxLength: items });
  const order = fc.shuffledSubarray(
    Array.from({ length: items }, (_, index) => index),
    { minLength: items, maxLength: items },
  );
  return fc.tuple(drafts(producers), drafts(consumers), order).map(([puts, takes, places]) => {
    const enqueues = puts.map((draft, index) => ({ ...draft, node: index % producers }));
    // Dealing out the items draws which consumer takes from which queue.
    const dequeues = takes.map((draft, index) => ({
      ...draft,
      queue: enqueues[Number(places[index])]?.queue ?? 0,
    }));
    return [
      ...nodesOf('p', producers, enqueues, (draft, id) => ({
        ...inputOfDraft(queues, draft),
        value: id,
        ...(priorities ? { priority: draft.priority } : {}),
      })),
      ...nodesOf('c', consumers, dequeues, (draft) => inputOfDraft(queues, draft)),
    ];
  });
}

/** A consumer that takes more items than are put waits for ever. */
export function queuesCanEnd(nodes: readonly Node[]): boolean {
  const left = new Map<string, number>();
  for (const operation of nodes.flatMap(({ operations }) => operations)) {
    const { queue } = operation.input;
    const change = { enqueue: 1, dequeue: -1, reopen: 0 }[operation.name];
    left.set(queue, (left.get(queue) ?? 0) + change);
  }
  return [...left.values()].every((count) => count >= 0);
}

function draftOf(queues: number, nodes: number): Arbitrary<Draft> {
  const often = (weight: number, value: number) => ({ weight, arbitrary: fc.constant(value) });
  return fc.record(
    {
      queue: fc.nat(queues - 1),
      priority: fc.constantFrom(...PRIORITIES),
      node: fc.nat(nodes - 1),
      afterMs: fc.oneof(often(2, 0), { weight: 1, arbitrary: fc.nat(40) }),
      giveUpAfterMs: fc.oneof(
        { weight: 4, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.nat(30) },
      ),
      reopens: fc.nat(7).map((drawn) => drawn === 0),
    },
    { noNullPrototype: true },
  );
}

function inputOfDraft(queues: readonly string[], draft: Draft): QueueInput {
  return {
    queue: queues[draft.queue] ?? '',
    afterMs: draft.afterMs,
    ...(draft.giveUpAfterMs === null ? {} : { giveUpAfterMs: draft.giveUpAfterMs }),
  };
}

function nodesOf(
  letter: string,
  count: number,
  drafts: readonly Draft[],
  input: (draft: Draft, id: string) => QueueInput,
): Node[] {
  const name = letter === 'p' ? 'enqueue' : 'dequeue';
  return Array.from({ length: count }, (_, index) => {
    const node = `${letter}${index + 1}`;
    const operations = drafts
      .filter((draft) => draft.node === index)
      .flatMap((draft, place): QueueOperation[] => {
        const id = `${node}-${place + 1}`;
        const { queue } = input(draft, id);
        const reopen = { id: `${id}r`, name: 'reopen', input: { queue, afterMs: 0 } } as const;
        const one = { id, name, input: { ...input(draft, id) } } as const;
        return draft.reopens ? [reopen, one] : [one];
      });
    return { name: node, operations };
  });
}
