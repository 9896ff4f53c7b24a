/**
 * Whether a history is one of a priority queue: the smaller number leaves first, within one priority the
 * first to arrive, and dequeues wait while it is empty. O(n log n) if at most one dequeue is in doubt;
 * otherwise a search that gives up in time. Invariant: every violation is the first that shows. It names
 * operations that no order explains, as a search through all orders has certified.
 */
import type { Finding } from './check.js';
import { earliest } from './earliest-violation.js';
import { certified } from './queue/certify.js';
import { placeEvents } from './queue/gaps.js';
import {
  isDequeued,
  readQueue,
  violated,
  withoutAnswer,
  type QueueItem,
  type QueueOperation,
} from './queue/items.js';
import { classify, type Misplaced } from './queue/priority-classes.js';
import { itemsAround, operationsOf, shrink } from './queue/priority-witness.js';
import { resolveUntaken } from './queue/untaken.js';

/** Judges the operations of one queue. Values are unique; operations that did not happen are left out. */
export function checkPriorityQueue(operations: readonly QueueOperation[]): Finding {
  return earliest(operations, judgeOperations, withoutAnswer);
}

function judgeOperations(operations: readonly QueueOperation[]): Finding {
  const history = readQueue(operations);
  if (history.kind === 'finding') return certified(history.finding, operations);
  const { items, unresolved } = history;
  const judgement = judge(items, unresolved);
  switch (judgement.kind) {
    case 'possible':
      return { verdict: 'satisfied' };
    case 'gave up':
      return {
        verdict: 'inconclusive',
        reason: 'too many orders to try, because many dequeues have no answer',
      };
    case 'impossible': {
      const impossible = (some: readonly QueueItem[]) => judge(some, unresolved).kind === 'impossible';
      const some = impossible(judgement.items) ? judgement.items : items;
      const witness = judgement.shrunk ? some : shrink(some, impossible);
      const { messageOf, unresolved: begun } = judgement;
      return certified(violated(messageOf(witness), operationsOf(witness, begun)), operations);
    }
    default:
      return judgement satisfies never;
  }
}

type Judgement =
  | { readonly kind: 'possible' }
  | { readonly kind: 'gave up' }
  | {
      readonly kind: 'impossible';
      messageOf(witness: readonly QueueItem[]): string;
      /** Operations that should be impossible by themselves. */
      readonly items: readonly QueueItem[];
      /** Whether they are as few as possible. */
      readonly shrunk: boolean;
      /** The unresolved dequeues that matter. */
      readonly unresolved: readonly QueueOperation[];
    };

function judge(items: readonly QueueItem[], unresolved: readonly QueueOperation[]): Judgement {
  const gaps = placeEvents(items, unresolved);
  const { classes, misplaced } = classify(gaps);
  if (misplaced !== undefined) {
    const message = describe(misplaced);
    return {
      kind: 'impossible',
      messageOf: () => message,
      items: itemsAround(misplaced, classes),
      shrunk: true,
      unresolved: [],
    };
  }
  const resolution = resolveUntaken(classes, gaps.unresolved, gaps.count);
  if (resolution.kind !== 'impossible') return resolution;
  const involved = [...new Set(resolution.items.map(({ item }) => item))];
  const begun = unresolved.slice(0, resolution.unresolved);
  return {
    kind: 'impossible',
    messageOf: (witness) => describeSkipped(witness, begun.length),
    items: involved,
    shrunk: false,
    unresolved: begun,
  };
}

/** @param unresolved how many dequeues can have taken an unknown item */
function describeSkipped(witness: readonly QueueItem[], unresolved: number): string {
  const skipped = witness
    .filter((item) => !isDequeued(item))
    .map(({ value, priority }) => `${value} of priority ${priority}`);
  const [last] = witness.filter(isDequeued).sort((a, b) => b.dequeue.return - a.dequeue.return);
  const took = `${last?.dequeue.id} took ${last?.value} of priority ${last?.priority}`;
  const by = unresolved === 0 ? '' : `; only ${unresolved} unresolved dequeues had begun by then`;
  return `${took} although ${skipped.join(', ')} should have left before it${by}`;
}

function describe(misplaced: Misplaced): string {
  const { dequeue, value, priority } = misplaced.member.taken.item;
  switch (misplaced.kind) {
    case 'covered':
      return `${dequeue.id} took ${value} of priority ${priority} while something more urgent was always there`;
    case 'overtaken': {
      const other = misplaced.overtaking.taken.item;
      return `${other.dequeue.id} took ${other.value} of priority ${priority} before ${value}, which came earlier`;
    }
    default:
      return misplaced satisfies never;
  }
}
