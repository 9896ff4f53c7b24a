/** Coverage and the places of events, against the plain way to compute them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coverage } from '../../../sim/check/queue/coverage.js';
import { below, placeEvents, upTo } from '../../../sim/check/queue/gaps.js';
import { readQueue, type QueueOperation } from '../../../sim/check/queue/items.js';
import { dequeue, enqueue, unresolved } from './operations.js';

describe('coverage', () => {
  it('knows the first and last open gap after any intervals', () => {
    const interval = fc.tuple(fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 12 }), (intervals) => {
        const coverage = new Coverage(20);
        const open = Array.from({ length: 20 }, () => true);
        for (const [from, to] of intervals) {
          const end = Math.min(to, 19);
          coverage.cover(from, end);
          for (let gap = from; gap <= end; gap++) open[gap] = false;
          const gaps = open.map((_, gap) => gap);
          expect(gaps.map((gap) => coverage.firstOpen(gap))).toEqual(
            gaps.map((gap) => (open.includes(true, gap) ? open.indexOf(true, gap) : 20)),
          );
          expect(gaps.map((gap) => coverage.lastOpen(gap))).toEqual(
            gaps.map((gap) => open.lastIndexOf(true, gap)),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the count of ascending numbers', () => {
  it('up to a limit includes it, and below a limit does not', () => {
    expect([0, 1, 2, 3, 4].map((limit) => upTo([1, 2, 2, 3], limit))).toEqual([0, 1, 3, 4, 4]);
    expect([0, 1, 2, 3, 4].map((limit) => below([1, 2, 2, 3], limit))).toEqual([0, 0, 1, 3, 4]);
    expect([upTo([], 1), below([], 1)]).toEqual([0, 0]);
  });
});

describe('the gaps of a history', () => {
  const gapsOf = (...operations: readonly QueueOperation[]) => {
    const history = readQueue(operations);
    if (history.kind !== 'items') throw new Error('expected items');
    return placeEvents(history.items, history.unresolved);
  };

  it('are numbered by its events', () => {
    const {
      count,
      items,
      unresolved: begun,
    } = gapsOf(
      ...[
        enqueue('a', 10, 20),
        enqueue('b', 30),
        unresolved('u', 40),
        dequeue('a', 50, 60),
        dequeue('b', 55, 70),
      ],
    );
    // 10 a(, 20 a), 30 b(, 40 u(, 50 da(, 55 db(, 60 da), 70 db)
    expect(count).toBe(8);
    expect(begun).toEqual([3]);
    expect(items).toMatchObject([
      { enqueueInvoke: 0, enqueueReturn: 1, taken: { invoke: 4, first: 4, last: 5 } },
      { enqueueInvoke: 2, enqueueReturn: Infinity, taken: { invoke: 5, first: 5, last: 6 } },
    ]);
  });

  it('of a dequeue that waits for its item begin with the enqueue', () => {
    const { items } = gapsOf(dequeue('a', 1, 9), enqueue('a', 2, 3));
    expect(items).toMatchObject([{ enqueueInvoke: 1, taken: { invoke: 0, first: 1, last: 2 } }]);
  });

  it('of events at one time let them overlap: those that begin come first', () => {
    const { items } = gapsOf(enqueue('a', 1, 2), dequeue('a', 2, 3));
    expect(items).toMatchObject([{ enqueueReturn: 2, taken: { invoke: 1, first: 1, last: 2 } }]);
  });

  it('of an item that is still there end nowhere', () => {
    const { count, items } = gapsOf(enqueue('a', 1, 2));
    expect(count).toBe(2);
    expect(items).toMatchObject([{ enqueueInvoke: 0, enqueueReturn: 1, taken: undefined }]);
  });
});
