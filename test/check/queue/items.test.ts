/** How the operations of a queue become items, and which of them are wrong in any order. */
import { describe, expect, it } from 'vitest';
import { readQueue, violated, withoutAnswer, type QueueOperation } from '../../../sim/check/queue/items.js';
import { dequeue, enqueue, unresolved } from './operations.js';

function itemsOf(...operations: readonly QueueOperation[]) {
  const history = readQueue(operations);
  if (history.kind !== 'items') throw new Error(`expected items, got ${history.finding.verdict}`);
  return history;
}

function findingOf(...operations: readonly QueueOperation[]) {
  const history = readQueue(operations);
  if (history.kind !== 'finding') throw new Error('expected a finding, got items');
  return history.finding;
}

describe('an item', () => {
  it('has its enqueue, its dequeue and its priority', () => {
    const [put, take] = [enqueue('a', 1, 2, 7), dequeue('a', 3, 4)];
    expect(itemsOf(put, take).items).toEqual([
      { value: 'a', priority: 7, enqueue: put, enqueuedBy: 2, dequeue: take },
    ]);
  });

  it('may be there still, with priority 0 if none is given', () => {
    expect(itemsOf(enqueue('a', 1, 2)).items).toMatchObject([{ priority: 0, dequeue: undefined }]);
  });

  it('was there if a dequeue took it, at any time of its enqueue', () => {
    expect(itemsOf(enqueue('a', 1), dequeue('a', 3, 4)).items).toMatchObject([{ enqueuedBy: Infinity }]);
  });

  it('may never have been there, if its enqueue has no answer and no dequeue took it', () => {
    expect(itemsOf(enqueue('a', 1)).items).toEqual([]);
  });

  it('may have been taken in the moment in which its enqueue began', () => {
    expect(itemsOf(dequeue('a', 1, 3), enqueue('a', 3, 4)).items).toHaveLength(1);
  });
});

describe('dequeues of unknown items', () => {
  it('are kept in the order in which they began, also those that returned', () => {
    const returned = { ...unresolved('late', 5), return: 6 };
    const noAnswer = { ...dequeue('a', 1, 2), return: undefined };
    const { items, unresolved: kept } = itemsOf(
      enqueue('a', 0, 1),
      returned,
      unresolved('early', 3),
      noAnswer,
    );
    expect(kept.map(({ id }) => id)).toEqual(['da', 'early', 'late']);
    expect(items).toMatchObject([{ value: 'a', dequeue: undefined }]);
  });
});

describe('a history that cannot be judged', () => {
  it('has a value twice, and the finding names both enqueues', () => {
    const finding = findingOf(enqueue('a', 1, 2), { ...enqueue('a', 3, 4), id: 'again' });
    expect(finding.verdict).toBe('inconclusive');
    expect(JSON.stringify(finding)).toMatch(/\bea and again\b.* a"/);
  });

  it('has an enqueue without a value, which the finding names', () => {
    const finding = findingOf({ ...enqueue('a', 1, 2), value: undefined });
    expect(finding.verdict).toBe('inconclusive');
    expect(JSON.stringify(finding)).toMatch(/\bea\b/);
  });
});

describe('a history that is wrong in any order', () => {
  it('has an item that no enqueue put', () => {
    const finding = findingOf(enqueue('b', 1, 2), dequeue('a', 3, 4));
    expect(finding).toMatchObject({ verdict: 'violated', operations: ['da'], revisions: [] });
    expect(JSON.stringify(finding)).toMatch(/\bda took a\b/);
  });

  it('has an item that was taken twice, and names the first and the second by their returns', () => {
    const again = { ...dequeue('a', 3, 9), id: 'again' };
    const finding = findingOf(again, enqueue('a', 1, 2), dequeue('a', 5, 6));
    expect(finding).toMatchObject({ operations: ['ea', 'again', 'da'] });
    expect(JSON.stringify(finding)).toMatch(/\ba was taken twice, by da and by again\b/);
  });

  it('has an item that was taken before its enqueue began', () => {
    const finding = findingOf(enqueue('a', 3, 4), dequeue('a', 1, 2));
    expect(finding).toMatchObject({ operations: ['da', 'ea'] });
    expect(JSON.stringify(finding)).toMatch(/\bda took a before ea\b/);
  });
});

describe('an operation before its return', () => {
  it('of an enqueue has its value and priority', () => {
    expect(withoutAnswer(enqueue('a', 1, 2, 7))).toEqual(enqueue('a', 1, undefined, 7));
  });

  it('of a dequeue has nothing but its beginning', () => {
    expect(withoutAnswer(dequeue('a', 1, 2))).toEqual(unresolved('da', 1));
  });
});

it('a violation names each operation once, in the order in which they began', () => {
  const [put, take] = [enqueue('a', 1, 2), dequeue('a', 3, 4)];
  expect(violated('wrong', [take, put, take])).toEqual({
    ...{ verdict: 'violated', message: 'wrong', operations: ['ea', 'da'], revisions: [] },
  });
});
