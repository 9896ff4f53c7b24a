/** Violations of queues name the dequeue, its item, the items before it, and how many dequeues may explain them. */
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../sim/check/check.js';
import { checkFifoQueue } from '../../sim/check/fifo-queue.js';
import { checkPriorityQueue } from '../../sim/check/priority-queue.js';
import type { QueueOperation } from '../../sim/check/queue/items.js';

function put(value: string, invoke: number, end?: number, priority?: number): QueueOperation {
  return { id: `e${value}`, kind: 'enqueue', value, priority, invoke, return: end };
}

function take(value: string, invoke: number, end: number): QueueOperation {
  return { id: `d${value}`, kind: 'dequeue', value, invoke, return: end };
}

const maybe = (id: string, invoke: number): QueueOperation => ({ id, kind: 'dequeue', invoke });

function told(finding: Finding): string {
  switch (finding.verdict) {
    case 'satisfied':
      return 'right';
    case 'violated':
      return `${finding.operations.join(' ')}: ${finding.message}`;
    case 'inconclusive':
      return `undecided: ${finding.reason}`;
  }
}

describe('a queue', () => {
  const fifo = (...operations: readonly QueueOperation[]) => told(checkFifoQueue(operations));
  const three = [put('a', 1, 2), put('b', 3, 4), put('c', 5, 6)];

  it('says which item overtook which, and who had put that one', () => {
    const said = fifo(...three, take('c', 7, 8), take('b', 9, 10), take('a', 11, 12));
    // Already when c was taken, both others had been left behind.
    expect(said).toMatch(/^ea .*dc: dc took c\b/);
    const late = fifo(put('a', 1, 2), put('b', 3, 4), take('a', 5, 20), take('b', 6, 7));
    expect(late).toBe('right');
  });

  it('says which items were skipped, and how many dequeues may have taken one', () => {
    const none = fifo(...three, take('c', 7, 8));
    expect(none).toMatch(/^ea ec dc: dc took c although a\b/);
    expect(none).not.toMatch(/unresolved/);
    const one = fifo(...three, maybe('u', 6.5), take('c', 7, 8));
    expect(one).toMatch(/^ea eb ec u dc: dc took c although a, b\b.* 1 unresolved/);
    expect(fifo(...three, maybe('u', 6.5), maybe('v', 6.6), take('c', 7, 8))).toBe('right');
    // The second began only when c had been taken.
    expect(fifo(...three, maybe('u', 6.5), maybe('v', 9), take('c', 7, 8))).toMatch(
      /^ea eb ec u dc: .* 1 unresolved/,
    );
  });

  it('counts for each item only what was taken after it had come', () => {
    // c came while b was being put: either may be the first.
    expect(fifo(put('b', 1, 6), put('c', 2, 3), take('c', 7, 8))).toBe('right');
    expect(fifo(put('b', 1, 2), put('c', 2, 3), take('c', 7, 8))).toBe('right');
    expect(fifo(put('b', 1, 2), put('c', 2.5, 3), take('c', 7, 8))).toMatch(/^eb ec dc: /);
    // Of several that came later, the one that was taken first shows it.
    const later = [put('c', 3, 4), put('d', 5, 6), take('c', 20, 21), take('d', 8, 9)];
    expect(fifo(put('b', 1, 2), ...later)).toMatch(/^eb ed dd: dd took d although b\b/);
  });

  it('may hold items that are still to be taken', () => {
    expect(fifo(...three)).toBe('right');
    expect(fifo(...three, take('a', 7, 8))).toBe('right');
    expect(fifo()).toBe('right');
  });

  it('is undecided if two put one value', () => {
    expect(fifo(put('a', 1, 2), { ...put('a', 3, 4), id: 'again' })).toMatch(
      /^undecided: ea and again\b.* a$/,
    );
  });
});

describe('a priority queue', () => {
  const judge = (...operations: readonly QueueOperation[]) => told(checkPriorityQueue(operations));

  it('says which item left while something more urgent was there', () => {
    const said = judge(put('a', 1, 2, 7), put('b', 3, 4, 3), take('a', 5, 6), take('b', 7, 8));
    expect(said).toMatch(/^ea eb da: da took a of priority 7\b.* b of priority 3\b/);
    // The unanswered dequeue can have taken b only until b is known to have been taken later.
    const covered = judge(
      ...[put('b', 1, 2, 1), put('a', 3, 4, 9), take('a', 5, 20), maybe('u', 6), take('b', 21, 24)],
    );
    expect(covered).toMatch(/^eb ea da db: da took a of priority 9\b/);
  });

  it('says which item overtook which of its priority', () => {
    const said = judge(put('a', 1, 2, 4), put('b', 3, 4, 4), take('b', 5, 6), take('a', 7, 8));
    expect(said).toMatch(/^ea eb db: db took b of priority 4\b.* a of priority 4\b/);
    const whole = judge(
      ...[put('a', 1, 2, 4), put('b', 3, 4, 4), maybe('u', 4.5)],
      ...[take('b', 5, 6), take('a', 7, 8)],
    );
    expect(whole).toMatch(/^ea eb db da: db took b of priority 4 before a\b/);
  });

  it('says how many dequeues may have taken those that were skipped', () => {
    const history = [
      put('c', -2, -1, 1),
      put('a', 1, 2, 7),
      put('b', 3, 4, 3),
      maybe('u', 5),
      take('a', 6, 7),
    ];
    expect(judge(...history)).toMatch(
      /^ec ea eb u da: da took a .*\bc of priority 1, b of priority 3\b.* 1 unresolved/,
    );
    expect(judge(...history, maybe('v', 5.5))).toBe('right');
    expect(judge(...history, maybe('v', 8))).toMatch(/^ec ea eb u da: .* only 1 unresolved/);
  });

  it('is undecided if two put one value', () => {
    expect(judge(put('a', 1, 2), { ...put('a', 3, 4), id: 'again' })).toMatch(
      /^undecided: ea and again\b.* a$/,
    );
    expect(judge(put('a', 3, 4), take('a', 1, 2))).toMatch(/^da ea: da took a\b/);
  });
});
