import { describe, expect, it } from 'vitest';
import { checkFifoQueue } from '../../sim/check/fifo-queue.js';
import type { QueueOperation } from '../../sim/check/queue/items.js';
import { searchOrder } from '../../sim/check/queue/search.js';
import { drawFrom, drawHistory, type HistoryShape } from './queue-histories.js';

function enqueue(value: string, invoke: number, returned?: number): QueueOperation {
  return { id: `e${value}`, kind: 'enqueue', value, invoke, return: returned };
}

function dequeue(value: string, invoke: number, returned: number): QueueOperation {
  return { id: `d${value}`, kind: 'dequeue', value, invoke, return: returned };
}

function unresolved(id: string, invoke: number): QueueOperation {
  return { id, kind: 'dequeue', invoke };
}

const satisfied = { verdict: 'satisfied' };
const violated = (...operations: string[]) => ({ verdict: 'violated', operations });

describe('the FIFO checker', () => {
  it('accepts items that leave in the order of arrival', () => {
    const history = [enqueue('a', 1, 2), enqueue('b', 3, 4), dequeue('a', 5, 6), dequeue('b', 7, 8)];
    expect(checkFifoQueue(history)).toEqual(satisfied);
  });

  it('finds an item that was overtaken, with the three operations that show it first', () => {
    const history = [
      enqueue('x', -5, -4),
      enqueue('a', 1, 2),
      enqueue('b', 3, 4),
      dequeue('x', 4.5, 4.6),
      dequeue('b', 5, 6),
      dequeue('a', 7, 8),
    ];
    expect(checkFifoQueue(history)).toMatchObject(violated('ea', 'eb', 'db'));
  });

  it('accepts either order of items that came at the same time, and of dequeues at the same time', () => {
    expect(
      checkFifoQueue([enqueue('a', 1, 4), enqueue('b', 2, 3), dequeue('b', 5, 6), dequeue('a', 7, 8)]),
    ).toEqual(satisfied);
    expect(
      checkFifoQueue([enqueue('a', 1, 2), enqueue('b', 3, 4), dequeue('b', 5, 8), dequeue('a', 6, 7)]),
    ).toEqual(satisfied);
  });

  it('accepts a dequeue that waits for its item', () => {
    expect(checkFifoQueue([dequeue('a', 1, 5), enqueue('a', 2, 6)])).toEqual(satisfied);
  });

  it.each([
    ['an item taken twice', [enqueue('a', 1, 2), dequeue('a', 3, 4), { ...dequeue('a', 5, 6), id: 'again' }]],
    ['an item that nobody put', [dequeue('a', 3, 4)]],
    ['an item taken before it was put', [dequeue('a', 1, 2), enqueue('a', 3, 4)]],
  ])('finds %s', (_, history) => {
    expect(checkFifoQueue(history).verdict).toBe('violated');
  });

  it('accepts that an unanswered enqueue happened, late, or never', () => {
    expect(checkFifoQueue([enqueue('a', 1), enqueue('b', 3, 4), dequeue('b', 5, 6)])).toEqual(satisfied);
    expect(
      checkFifoQueue([enqueue('a', 1), enqueue('b', 3, 4), dequeue('b', 5, 6), dequeue('a', 7, 8)]),
    ).toEqual(satisfied);
  });

  it('accepts that an unanswered dequeue took a skipped item, but not if it began too late', () => {
    const skip = [enqueue('a', 1, 2), enqueue('b', 3, 4), dequeue('b', 6, 7)];
    expect(checkFifoQueue([...skip, unresolved('u', 5)])).toEqual(satisfied);
    expect(checkFifoQueue(skip)).toMatchObject(violated('ea', 'eb', 'db'));
    expect(checkFifoQueue([...skip, unresolved('u', 8)])).toMatchObject(violated('ea', 'eb', 'db'));
  });

  it('counts: two items were skipped and one dequeue can have taken one', () => {
    const history = [
      enqueue('a', 1, 2),
      enqueue('b', 3, 4),
      enqueue('c', 5, 6),
      unresolved('u', 7),
      dequeue('c', 8, 9),
    ];
    expect(checkFifoQueue(history)).toMatchObject(violated('ea', 'eb', 'ec', 'u', 'dc'));
  });

  it('reports values that are not unique', () => {
    expect(checkFifoQueue([enqueue('a', 1, 2), { ...enqueue('a', 3, 4), id: 'again' }])).toMatchObject({
      verdict: 'inconclusive',
    });
  });

  it('agrees with a search through all orders on random histories, and its witnesses alone are impossible', () => {
    const shapes: readonly HistoryShape[] = [
      { enqueuesMax: 5, dequeuesMax: 5, priorities: 1, oneUnresolvedOf: 0, overlap: 15 },
      { enqueuesMax: 5, dequeuesMax: 5, priorities: 1, oneUnresolvedOf: 3, overlap: 10 },
      { enqueuesMax: 6, dequeuesMax: 6, priorities: 1, oneUnresolvedOf: 5, overlap: 30 },
    ];
    const count = { possible: 0, impossible: 0 };
    for (let seed = 0; seed < ROUNDS; seed++) {
      const history = drawHistory(drawFrom(seed), shapes[seed % shapes.length] as HistoryShape);
      const answer = searchOrder(history);
      const finding = checkFifoQueue(history);
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

  it('checks a long history, and finds the one item in it that was overtaken', () => {
    const history: QueueOperation[] = [];
    for (let index = 0; index < 50_000; index++) {
      const start = index * 10;
      history.push(
        enqueue(String(index), start, start + 25),
        dequeue(String(index), start + 200, start + 225),
      );
    }
    expect(checkFifoQueue(history)).toEqual(satisfied);
    const late = history.findIndex(({ id }) => id === 'd30000');
    history[late] = dequeue('30000', 300_400, 300_401);
    expect(checkFifoQueue(history)).toMatchObject({ verdict: 'violated', operations: { length: 3 } });
  });
});

describe('the search through all orders', () => {
  it('agrees with orders found by hand', () => {
    expect(searchOrder([])).toBe('possible');
    expect(searchOrder([enqueue('a', 1, 2), enqueue('b', 3, 4), dequeue('a', 5, 6)])).toBe('possible');
    expect(searchOrder([enqueue('a', 1, 2), enqueue('b', 3, 4), dequeue('b', 5, 6)])).toBe('impossible');
    expect(
      searchOrder([unresolved('u', 1), enqueue('a', 2, 3), enqueue('b', 4, 5), dequeue('b', 6, 7)]),
    ).toBe('possible');
    expect(searchOrder([dequeue('a', 1, 2), enqueue('a', 3, 4)])).toBe('impossible');
    const urgent = { ...enqueue('b', 3, 4), priority: 1 };
    const idle = { ...enqueue('a', 1, 2), priority: 2 };
    expect(searchOrder([idle, urgent, dequeue('b', 5, 6), dequeue('a', 7, 8)])).toBe('possible');
    expect(searchOrder([idle, urgent, dequeue('a', 5, 6), dequeue('b', 7, 8)])).toBe('impossible');
  });

  it('gives up if there are too many orders', () => {
    const history = Array.from({ length: 12 }, (_, index) => enqueue(String(index), index, 100 - index));
    expect(searchOrder([...history, dequeue('none', 101, 102)], 50)).toBe('gave up');
  });
});

const ROUNDS = Number(process.env['ROUNDS'] ?? 12_000);
