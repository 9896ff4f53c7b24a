import { describe, expect, it } from 'vitest';
import { checkFifoQueue } from '../../sim/check/fifo-queue.js';
import { checkPriorityQueue } from '../../sim/check/priority-queue.js';
import type { QueueOperation } from '../../sim/check/queue/items.js';
import { searchOrder } from '../../sim/check/queue/search.js';
import { drawFrom, drawHistory, type HistoryShape } from './queue-histories.js';

function enqueue(value: string, priority: number, invoke: number, returned?: number): QueueOperation {
  return { id: `e${value}`, kind: 'enqueue', value, priority, invoke, return: returned };
}

function dequeue(value: string, invoke: number, returned: number): QueueOperation {
  return { id: `d${value}`, kind: 'dequeue', value, invoke, return: returned };
}

function unresolved(id: string, invoke: number): QueueOperation {
  return { id, kind: 'dequeue', invoke };
}

const satisfied = { verdict: 'satisfied' };
const violated = (...operations: string[]) => ({ verdict: 'violated', operations });

describe('the priority checker', () => {
  it('accepts that the smaller number leaves first, and of one number the first to arrive', () => {
    const history = [
      enqueue('a', 7, 1, 2),
      enqueue('b', 3, 3, 4),
      enqueue('c', 3, 5, 6),
      dequeue('b', 7, 8),
      dequeue('c', 9, 10),
      dequeue('a', 11, 12),
    ];
    expect(checkPriorityQueue(history)).toEqual(satisfied);
  });

  it('finds a less urgent item that left although a more urgent one was there all the time', () => {
    const history = [enqueue('a', 7, 1, 2), enqueue('b', 3, 3, 4), dequeue('a', 5, 6), dequeue('b', 7, 8)];
    expect(checkPriorityQueue(history)).toMatchObject(violated('ea', 'eb', 'da'));
  });

  it('finds one whose whole time several others cover, and names only those', () => {
    const history = [
      enqueue('x', 1, -2, -1),
      enqueue('a', 9, 1, 2),
      enqueue('p', 1, 3, 4),
      dequeue('x', 4.5, 4.6),
      dequeue('a', 5, 20),
      enqueue('q', 2, 6, 7),
      dequeue('p', 10, 11),
      dequeue('q', 21, 22),
    ];
    expect(checkPriorityQueue(history)).toMatchObject(violated('ea', 'ep', 'da', 'eq', 'dp'));
  });

  it('accepts a less urgent item that may have left before the more urgent one came, or after it left', () => {
    expect(
      checkPriorityQueue([
        enqueue('a', 7, 1, 2),
        dequeue('a', 3, 8),
        enqueue('b', 3, 4, 5),
        dequeue('b', 9, 10),
      ]),
    ).toEqual(satisfied);
    expect(
      checkPriorityQueue([
        enqueue('a', 7, 1, 2),
        enqueue('b', 3, 3, 4),
        dequeue('a', 5, 8),
        dequeue('b', 6, 9),
      ]),
    ).toEqual(satisfied);
  });

  it('accepts that an unanswered dequeue took a more urgent item, but only one', () => {
    const history = [enqueue('a', 7, 1, 2), enqueue('b', 3, 3, 4), unresolved('u', 5), dequeue('a', 6, 7)];
    expect(checkPriorityQueue(history)).toEqual(satisfied);
    expect(checkPriorityQueue([enqueue('c', 1, -2, -1), ...history])).toMatchObject(
      violated('ec', 'ea', 'eb', 'u', 'da'),
    );
  });

  it('lets a dequeue happen before a more urgent item came, if nothing else explains it', () => {
    const history = [
      enqueue('a', 7, 1, 2),
      dequeue('a', 3, 20),
      enqueue('b', 3, 4, 5),
      enqueue('c', 2, 6, 7),
      unresolved('u', 8),
    ];
    expect(checkPriorityQueue(history)).toEqual(satisfied);
  });

  it('agrees with a search through all orders on random histories, and its witnesses alone are impossible', () => {
    const shapes: readonly HistoryShape[] = [
      { enqueuesMax: 5, dequeuesMax: 5, priorities: 3, oneUnresolvedOf: 0, overlap: 20 },
      { enqueuesMax: 5, dequeuesMax: 5, priorities: 3, oneUnresolvedOf: 3, overlap: 20 },
      { enqueuesMax: 6, dequeuesMax: 6, priorities: 2, oneUnresolvedOf: 4, overlap: 40 },
      { enqueuesMax: 6, dequeuesMax: 6, priorities: 6, oneUnresolvedOf: 3, overlap: 60 },
      { enqueuesMax: 5, dequeuesMax: 5, priorities: 1, oneUnresolvedOf: 4, overlap: 30 },
    ];
    const count = { possible: 0, impossible: 0 };
    for (let seed = 0; seed < ROUNDS; seed++) {
      const history = drawHistory(drawFrom(seed), shapes[seed % shapes.length] as HistoryShape);
      const answer = searchOrder(history);
      const finding = checkPriorityQueue(history);
      expect({ seed, verdict: finding.verdict }).toEqual({
        seed,
        verdict: answer === 'possible' ? 'satisfied' : 'violated',
      });
      if (answer === 'gave up') throw new Error('a small history was too large');
      count[answer] += 1;
      if (finding.verdict !== 'violated') continue;
      const witness = history.filter((operation) => finding.operations.includes(operation.id));
      expect({ seed, witness: searchOrder(witness) }).toEqual({ seed, witness: 'impossible' });
    }
    expect(count.possible).toBeGreaterThan(ROUNDS / 8);
    expect(count.impossible).toBeGreaterThan(ROUNDS / 8);
  });

  it('equals the FIFO checker if all have one priority', () => {
    const shape = { enqueuesMax: 12, dequeuesMax: 14, priorities: 1, oneUnresolvedOf: 6, overlap: 60 };
    for (let seed = 0; seed < 3000; seed++) {
      const history = drawHistory(drawFrom(seed), shape);
      expect({ seed, ...checkPriorityQueue(history) }.verdict).toBe(checkFifoQueue(history).verdict);
    }
  });

  it('checks a long history, and finds the one inversion in it', () => {
    const history: QueueOperation[] = [];
    for (let index = 0; index < 25_000; index++) {
      const start = index * 10;
      history.push(enqueue(String(index), index % 5, start, start + 5));
      history.push(dequeue(String(index), start + 6, start + 8));
    }
    expect(checkPriorityQueue(history)).toEqual(satisfied);
    const late = history.findIndex(({ id }) => id === 'd10000');
    history[late] = dequeue('10000', 100_027, 100_029);
    expect(checkPriorityQueue(history)).toMatchObject({ verdict: 'violated', operations: { length: 3 } });
  });
});

const ROUNDS = Number(process.env['ROUNDS'] ?? 15_000);
