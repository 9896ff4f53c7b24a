/**
 * The few items that show the error in a history of a priority queue. Invariant: a witness is a part of the
 * history that is impossible by itself. It consists of whole items and every unresolved dequeue that could
 * matter.
 */
import type { QueueItem, QueueOperation } from './items.js';
import type { PlacedDequeue } from './gaps.js';
import type { Member, Misplaced, PriorityClass } from './priority-classes.js';

/** Everything known about these items, and the unresolved dequeues. */
export function operationsOf(
  items: Iterable<QueueItem>,
  unresolved: readonly QueueOperation[],
): QueueOperation[] {
  const operations = new Set(unresolved);
  for (const { enqueue, dequeue } of items) {
    operations.add(enqueue);
    if (dequeue !== undefined) operations.add(dequeue);
  }
  return [...operations];
}

/** The misplaced items, and the more urgent ones that leave them no other place. */
export function itemsAround(misplaced: Misplaced, classes: readonly PriorityClass[]): readonly QueueItem[] {
  const { member } = misplaced;
  const urgent = classes
    .filter(({ priority }) => priority < member.placed.item.priority)
    .flatMap(({ members }) => members)
    .filter(({ placed, taken }) => placed.enqueueReturn < taken.invoke)
    .sort((a, b) => a.placed.enqueueReturn - b.placed.enqueueReturn);
  switch (misplaced.kind) {
    case 'covered':
      return [member.placed.item, ...chain(urgent, member.taken.first, member.taken.last)];
    case 'overtaken': {
      const { overtaking } = misplaced;
      const [first] = member.segments;
      const last = overtaking.segments.at(-1);
      if (first === undefined || last === undefined) return [];
      return [
        member.placed.item,
        overtaking.placed.item,
        ...chain(urgent, member.taken.first, first.first - 1),
        ...chain(urgent, last.last + 1, overtaking.taken.last),
      ];
    }
    default:
      return misplaced satisfies never;
  }
}

/** The fewest of the members, given by the returns of their enqueues, that cover all these gaps. */
function chain(urgent: readonly Member[], from: number, to: number): QueueItem[] {
  const items: QueueItem[] = [];
  let next = from;
  let index = 0;
  while (next <= to) {
    let farthest: PlacedDequeue | undefined;
    for (let member = urgent[index]; member !== undefined; member = urgent[++index]) {
      if (member.placed.enqueueReturn > next) break;
      if (farthest === undefined || member.taken.invoke > farthest.invoke) farthest = member.taken;
    }
    if (farthest === undefined || farthest.invoke <= next) break;
    items.push(farthest.item);
    next = farthest.invoke;
  }
  return items;
}

/** Removes items, more at a time first, as long as the rest is still impossible. */
export function shrink(
  items: readonly QueueItem[],
  impossible: (items: readonly QueueItem[]) => boolean,
): readonly QueueItem[] {
  let kept = items;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < kept.length;) {
      const rest = [...kept.slice(0, start), ...kept.slice(start + size)];
      if (impossible(rest)) kept = rest;
      else start += size;
    }
  }
  return kept;
}
