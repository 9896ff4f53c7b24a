/** Items that no known dequeue took: by when an unresolved one must have. */
import { describe, expect, it } from 'vitest';
import { checkPriorityQueue } from '../../../sim/check/priority-queue.js';
import { dequeue, enqueue, unresolved } from './operations.js';

const satisfied = { verdict: 'satisfied' };

describe('an item without a known dequeue', () => {
  it('needs a dequeue of its own by its own deadline, in any order of the list', () => {
    const history = [
      ...[enqueue('early', 1, 2, 2), enqueue('x', 1, 2, 3), unresolved('p', 5), dequeue('x', 8, 10)],
      ...[enqueue('urgent', 20, 21, 1), enqueue('y', 22, 23, 3), dequeue('y', 48, 50)],
    ];
    expect(checkPriorityQueue([...history, unresolved('q', 40)])).toEqual(satisfied);
    const tooLate = checkPriorityQueue([...history, unresolved('q', 60)]);
    expect(tooLate).toMatchObject({
      operations: expect.arrayContaining(['eurgent', 'dy', 'p']) as unknown,
      message: expect.stringMatching(
        /^dy took y of priority 3\b.* urgent of priority 1\b.* 1 unres/,
      ) as unknown,
    });
  });

  it('must be gone when something less urgent leaves, although a later one of its class leaves later', () => {
    const history = [
      ...[enqueue('w', 1, 2, 2), enqueue('less', 1, 2, 3), dequeue('less', 8, 10)],
      ...[enqueue('later', 12, 13, 2), dequeue('later', 30, 31)],
    ];
    expect(checkPriorityQueue([...history, unresolved('u', 5)])).toEqual(satisfied);
    expect(checkPriorityQueue([...history, unresolved('u', 20)])).toMatchObject({
      operations: expect.arrayContaining(['ew', 'dless']) as unknown,
    });
  });

  it('must be gone when a later one of its class leaves, although something less urgent leaves later', () => {
    const history = [
      ...[enqueue('w', 1, 2, 2), enqueue('later', 3, 4, 2), dequeue('later', 8, 12)],
      ...[enqueue('less', 1, 2, 3), dequeue('less', 28, 30)],
    ];
    expect(checkPriorityQueue([...history, unresolved('u', 5)])).toEqual(satisfied);
    expect(checkPriorityQueue([...history, unresolved('u', 20)])).toMatchObject({
      operations: expect.arrayContaining(['ew', 'dlater']) as unknown,
    });
  });

  it('must be gone when one of several leaves at the same moment', () => {
    const history = [
      ...[enqueue('alike', 1, 6, 2), enqueue('w', 2, 3, 2), enqueue('less', 1, 2, 3)],
      ...[dequeue('alike', 8, 10), dequeue('less', 8, 10)],
    ];
    expect(checkPriorityQueue(history)).toMatchObject({
      operations: expect.arrayContaining(['ew', 'dless']) as unknown,
    });
    expect(checkPriorityQueue([...history, unresolved('u', 5)])).toEqual(satisfied);
    expect(checkPriorityQueue(history.filter(({ value }) => value !== 'less'))).toEqual(satisfied);
  });

  it('is not missed if its class has dequeues that fit in several places', () => {
    // Each of a and b can leave before u came, or after; neither dequeue can have taken u.
    const history = [
      ...[enqueue('a', 1, 2, 5), enqueue('b', 3, 4, 5), enqueue('u', 12, 13, 1)],
      ...[dequeue('a', 6, 20), dequeue('b', 7, 21)],
    ];
    expect(checkPriorityQueue(history)).toEqual(satisfied);
    const last = [enqueue('c', 14, 15, 5), dequeue('c', 16, 22)];
    expect(checkPriorityQueue([...history, ...last])).toMatchObject({
      operations: expect.arrayContaining(['eu', 'dc']) as unknown,
    });
    expect(checkPriorityQueue([...history, ...last, unresolved('v', 17)])).toEqual(satisfied);
  });
});
