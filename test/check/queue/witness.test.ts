/** The operations and values that a violation of a queue names. */
import { describe, expect, it } from 'vitest';
import { checkFifoQueue } from '../../../sim/check/fifo-queue.js';
import { checkPriorityQueue } from '../../../sim/check/priority-queue.js';
import { shrink } from '../../../sim/check/queue/priority-witness.js';
import { readQueue, type QueueItem, type QueueOperation } from '../../../sim/check/queue/items.js';
import { dequeue, enqueue, unresolved } from './operations.js';

/** In the order of a list the operations mean the same. */
function ordersOf(first: readonly QueueOperation[], second: readonly QueueOperation[]): QueueOperation[][] {
  return [[...first, ...second], [...second, ...first], [...first, ...second].toReversed()];
}

function witnessOf(check: typeof checkFifoQueue, ...history: readonly QueueOperation[]) {
  const finding = check(history);
  if (finding.verdict !== 'violated') throw new Error(`expected a violation, got ${JSON.stringify(finding)}`);
  return finding;
}

describe('a queue that let an item be overtaken', () => {
  it('names both items, the dequeue, and the enqueue that came first', () => {
    const history = [enqueue('a', 1, 2), enqueue('b', 3, 4), dequeue('b', 5, 6), dequeue('a', 7, 8)];
    const { operations, message } = witnessOf(checkFifoQueue, ...history);
    expect(operations).toEqual(['ea', 'eb', 'db']);
    expect(message).toMatch(/^db took b\b.* a\b/);
  });

  it('names the skipped items, and how many dequeues could have taken them', () => {
    const puts = [enqueue('a', 1, 2), enqueue('b', 3, 4), enqueue('c', 5, 6)];
    const none = witnessOf(checkFifoQueue, ...puts, dequeue('c', 8, 9));
    expect(none.message).toMatch(/^dc took c\b.* a\b/);
    expect(none.message).not.toMatch(/unresolved/);
    const one = witnessOf(
      checkFifoQueue,
      ...puts,
      unresolved('u', 7),
      dequeue('c', 8, 9),
      unresolved('v', 10),
    );
    expect(one.operations).toEqual(['ea', 'eb', 'ec', 'u', 'dc']);
    expect(one.message).toMatch(/^dc took c\b.* a, b\b.* 1 unresolved/);
  });
});

describe('a priority queue', () => {
  it('that let a less urgent item go names the more urgent one', () => {
    const { operations, message } = witnessOf(
      ...[
        checkPriorityQueue,
        enqueue('a', 1, 2, 7),
        enqueue('b', 3, 4, 3),
        dequeue('a', 5, 6),
        dequeue('b', 7, 8),
      ],
    );
    expect(operations).toEqual(['ea', 'eb', 'da']);
    expect(message).toMatch(/^da took a of priority 7\b.* b of priority 3\b/);
    expect(message).not.toMatch(/unresolved/);
  });

  it('that let a later item of one priority go names both', () => {
    const { operations, message } = witnessOf(
      ...[
        checkPriorityQueue,
        enqueue('a', 1, 2, 5),
        enqueue('b', 3, 4, 5),
        dequeue('b', 5, 6),
        dequeue('a', 7, 8),
      ],
    );
    expect(operations).toEqual(['ea', 'eb', 'db']);
    expect(message).toMatch(/^db took b of priority 5\b.* a of priority 5\b/);
  });

  it('names the more urgent items that leave a pair no other order', () => {
    // b could leave late, after a, if u did not cover that time.
    const history = [
      ...[enqueue('a', 1, 2, 5), enqueue('b', 3, 4, 5), enqueue('u', 8, 9, 1)],
      ...[dequeue('b', 5, 20), dequeue('a', 10, 22), dequeue('u', 21, 23)],
    ];
    const { operations } = witnessOf(checkPriorityQueue, ...history);
    expect(new Set(operations)).toEqual(new Set(['ea', 'eb', 'eu', 'da', 'db', 'du']));
    expect(checkPriorityQueue(history.filter(({ value }) => value !== 'u'))).toEqual({
      verdict: 'satisfied',
    });
  });

  // Until the last return, an unresolved dequeue could have taken the item that is then known.
  it('names the fewest more urgent items that were there all the time', () => {
    const decoys = [
      ...[enqueue('less urgent', 5, 6, 7), dequeue('less urgent', 60, 61)],
      ...[enqueue('of its class', 5, 6, 5), dequeue('of its class', 60, 61)],
      ...[enqueue('gone soon', 12, 13, 2), dequeue('gone soon', 25, 51)],
      ...[enqueue('gone sooner', 31, 32, 4), dequeue('gone sooner', 36, 53)],
      ...[enqueue('perhaps late', 15, 46, 0), dequeue('perhaps late', 18, 47)],
    ];
    const needed = [
      ...[enqueue('x', 1, 2, 5), dequeue('x', 20, 40)],
      ...[enqueue('u1', 10, 11, 1), dequeue('u1', 30, 70)],
      ...[enqueue('u2', 24, 26, 3), dequeue('u2', 45, 72)],
    ];
    for (const history of ordersOf(decoys, needed)) {
      const { operations, message } = witnessOf(checkPriorityQueue, ...history, unresolved('v', 3));
      expect(operations.toSorted()).toEqual(needed.map(({ id }) => id).toSorted());
      expect(message).toMatch(/^dx took x of priority 5\b/);
    }
  });

  it('names the fewest more urgent items around a pair', () => {
    // b can leave until 8, and a from 30 on.
    const needed = [
      ...[enqueue('a', 1, 2, 5), dequeue('a', 10, 40)],
      ...[enqueue('b', 3, 4, 5), dequeue('b', 5, 20)],
      ...[enqueue('u1', 7, 8, 1), dequeue('u1', 15, 70)],
      ...[enqueue('u2', 13, 14, 2), dequeue('u2', 30, 72)],
    ];
    const decoys = [
      ...[enqueue('less urgent', 1, 2, 7), dequeue('less urgent', 60, 61)],
      ...[enqueue('short', 9, 11, 3), dequeue('short', 13, 52)],
      ...[enqueue('late', 16, 18, 4), dequeue('late', 22, 53)],
    ];
    for (const history of ordersOf(decoys, needed)) {
      const { operations, message } = witnessOf(checkPriorityQueue, ...history, unresolved('v', 3));
      expect(operations.toSorted()).toEqual(needed.map(({ id }) => id).toSorted());
      expect(message).toMatch(/^db took b of priority 5 before a\b/);
    }
  });

  it('names the last dequeue, by its return, if items were skipped', () => {
    // Each of a and b must have left before c or d does, yet only one dequeue can have taken one of them.
    const puts = [enqueue('a', 1, 2, 1), enqueue('b', 3, 4, 2), enqueue('d', 5, 6, 4), enqueue('c', 5, 6, 3)];
    const { message } = witnessOf(
      ...[checkPriorityQueue, ...puts, dequeue('d', 10, 12), dequeue('c', 8, 9), unresolved('u', 7)],
    );
    expect(message).toMatch(/^dc took c of priority 3\b.* a of priority 1, b of priority 2\b.* 1 unresolved/);
    const none = witnessOf(checkPriorityQueue, ...puts, dequeue('d', 10, 12), dequeue('c', 8, 9));
    expect(none.message).toMatch(/^dc took c of priority 3\b.* a of priority 1\b[^;]*$/);
  });

  it('names the skipped items, and how many dequeues could have taken them', () => {
    const puts = [enqueue('a', 1, 2, 1), enqueue('b', 3, 4, 2), enqueue('c', 5, 6, 3)];
    const { operations, message } = witnessOf(
      ...[checkPriorityQueue, ...puts, unresolved('u', 7), dequeue('c', 8, 9), unresolved('v', 10)],
    );
    expect(operations).toEqual(['ea', 'eb', 'ec', 'u', 'dc']);
    expect(message).toMatch(/^dc took c of priority 3\b.* a of priority 1, b of priority 2\b.* 1 unresolved/);
  });
});

describe('a witness is made smaller', () => {
  const items = (count: number): readonly QueueItem[] => {
    const history = readQueue(Array.from({ length: count }, (_, at) => enqueue(`${at}`, 2 * at, 2 * at + 1)));
    return history.kind === 'items' ? history.items : [];
  };
  const values = (kept: readonly QueueItem[]) => kept.map(({ value }) => value);

  it('until nothing can be left out', () => {
    const needed = ['2', '3', '8'];
    const impossible = (some: readonly QueueItem[]) => needed.every((value) => values(some).includes(value));
    for (const count of [9, 10, 11, 16]) expect(values(shrink(items(count), impossible))).toEqual(needed);
  });

  it('in few steps, since it takes away halves first', () => {
    let steps = 0;
    const kept = shrink(items(64), (some) => {
      steps += 1;
      return values(some).includes('63');
    });
    expect(values(kept)).toEqual(['63']);
    expect(steps).toBeLessThan(20);
  });

  it('and stays unchanged if every item is needed', () => {
    expect(values(shrink(items(3), (some) => some.length === 3))).toEqual(['0', '1', '2']);
    expect(shrink([], () => true)).toEqual([]);
  });
});
