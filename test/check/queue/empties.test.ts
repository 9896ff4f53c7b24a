/** Dequeues that found a queue empty although it was not, with the items that show it. */
import { describe, expect, it } from 'vitest';
import { falseEmptyOf, type EmptyDequeue } from '../../../sim/check/queue/empties.js';
import { readQueue, type QueueOperation } from '../../../sim/check/queue/items.js';
import { dequeue, enqueue, unresolved } from './operations.js';

const empty = (id: string, invoke: number, end: number): EmptyDequeue => ({ id, invoke, return: end });

/** The dequeue that is wrong, and the values that show it. */
function wrong(empties: readonly EmptyDequeue[], ...operations: readonly QueueOperation[]) {
  const history = readQueue(operations);
  if (history.kind !== 'items') throw new Error('expected items');
  const found = falseEmptyOf(empties, history.items, history.unresolved);
  return found && [found.dequeue.id, ...found.items.map(({ value }) => value)];
}

describe('an empty queue', () => {
  it('has held nothing for a moment', () => {
    expect(wrong([empty('n', 5, 6)])).toBeUndefined();
    expect(wrong([empty('n', 1, 4)], enqueue('a', 2, 3))).toBeUndefined();
    expect(wrong([empty('n', 5, 8)], enqueue('a', 1, 2), dequeue('a', 6, 7))).toBeUndefined();
    expect(wrong([empty('n', 5, 6)], enqueue('a', 4, 7))).toBeUndefined();
  });
});

describe('a queue was not empty', () => {
  it('if an item was in it all the time, which was taken later', () => {
    expect(wrong([empty('n', 5, 6)], enqueue('a', 1, 2), dequeue('a', 7, 8))).toEqual(['n', 'a']);
  });

  it('if items followed one another without a gap; the fewest are named', () => {
    const items = [
      ...[enqueue('a', 1, 2), dequeue('a', 10, 11), enqueue('short', 1, 2), dequeue('short', 6, 7)],
      ...[enqueue('b', 8, 9), dequeue('b', 20, 21), enqueue('late', 30, 31), dequeue('late', 32, 33)],
    ];
    expect(wrong([empty('n', 5, 15)], ...items)).toEqual(['n', 'a', 'b']);
    const [, , , , ...withGap] = items;
    expect(wrong([empty('n', 5, 15)], ...items.slice(2, 4), ...withGap)).toBeUndefined();
  });

  it('if one stay begins in the moment in which the other ends', () => {
    const items = [enqueue('a', 1, 2), dequeue('a', 10, 11), enqueue('b', 8, 10), dequeue('b', 20, 21)];
    expect(wrong([empty('n', 5, 15)], ...items)).toEqual(['n', 'a', 'b']);
  });

  it('if an item is left that no dequeue can have taken', () => {
    expect(wrong([empty('n', 5, 6)], enqueue('a', 1, 2))).toEqual(['n', 'a']);
    expect(wrong([empty('n', 5, 6)], enqueue('a', 1))).toBeUndefined();
  });

  it('if more are left than the dequeues without an answer can have taken', () => {
    const left = [enqueue('a', 1, 2), enqueue('b', 3, 4), enqueue('c', 1, 9)];
    expect(wrong([empty('n', 5, 6)], ...left, unresolved('u', 4))).toEqual(['n', 'a', 'b']);
    expect(wrong([empty('n', 5, 6)], ...left, unresolved('u', 4), unresolved('v', 5))).toBeUndefined();
    expect(wrong([empty('n', 5, 6)], ...left, unresolved('u', 4), unresolved('v', 6))).toEqual([
      'n',
      'a',
      'b',
    ]);
  });

  it('in any order of its items', () => {
    const taken = [enqueue('b', 8, 9), dequeue('b', 20, 21), enqueue('a', 1, 2), dequeue('a', 10, 11)];
    expect(wrong([empty('n', 5, 15)], ...taken)).toEqual(['n', 'a', 'b']);
    const left = [enqueue('c', 3, 5), enqueue('b', 3, 4), enqueue('a', 1, 2)];
    expect(wrong([empty('n', 6, 7)], ...left, unresolved('u', 4))).toEqual(['n', 'a', 'b']);
  });

  it('if an item that was taken covers the time until enough are left', () => {
    const items = [enqueue('a', 1, 2), dequeue('a', 10, 11), enqueue('left', 7, 8)];
    expect(wrong([empty('n', 5, 15)], ...items)).toEqual(['n', 'a', 'left']);
    expect(wrong([empty('n', 5, 9)], ...items)).toEqual(['n', 'a', 'left']);
    expect(wrong([empty('n', 5, 8)], ...items)).toEqual(['n', 'a']);
  });
});

it('the first of several wrong dequeues is the first by its return', () => {
  const empties = [empty('later', 3, 9), empty('sooner', 4, 8), empty('right', 0, 1)];
  expect(wrong(empties, enqueue('a', 1, 2), dequeue('a', 20, 21))).toEqual(['sooner', 'a']);
});
