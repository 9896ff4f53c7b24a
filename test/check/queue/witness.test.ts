/** The operations and values that a violation of a queue names. */
import { describe, expect, it } from 'vitest';
import { checkFifoQueue } from '../../../sim/check/fifo-queue.js';
import { checkPriorityQueue } from '../../../sim/check/priority-queue.js';
import { shrink } from '../../../sim/check/queue/priority-witness.js';
import { readQueue, type QueueItem, type QueueOperation } from '../../../sim/check/queue/items.js';
import { dequeue, enqueue, unresolved } from './operations.js';

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
