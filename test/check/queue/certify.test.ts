/** A violation of a queue is reported only if the operations that it names are impossible by themselves. */
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../sim/check/check.js';
import { certified } from '../../../sim/check/queue/certify.js';
import { searchOrder } from '../../../sim/check/queue/search.js';
import { dequeue, enqueue, unresolved } from './operations.js';

function violation(...operations: readonly string[]): Finding {
  return { verdict: 'violated', message: 'b left first', operations, revisions: [] };
}

function reasonOf(finding: Finding): string {
  if (finding.verdict !== 'inconclusive') throw new Error(`expected inconclusive, got ${finding.verdict}`);
  return finding.reason;
}

describe('a certificate', () => {
  const overtaken = [enqueue('a', 1, 2), enqueue('b', 3, 4), dequeue('b', 5, 6)];

  it('is not needed for other findings', () => {
    const right: Finding = { verdict: 'satisfied' };
    expect(certified(right, overtaken)).toBe(right);
    const undecided: Finding = { verdict: 'inconclusive', reason: 'a value twice' };
    expect(certified(undecided, overtaken)).toBe(undecided);
  });

  it('leaves a violation whose operations have no order', () => {
    const found = violation('ea', 'eb', 'db');
    expect(certified(found, [...overtaken, dequeue('a', 7, 8)])).toBe(found);
  });

  it('takes back a violation whose operations have one, and names it and them', () => {
    const reason = reasonOf(certified(violation('eb', 'db'), overtaken));
    expect(reason).toMatch(/^bug in the checker\b.*b left first.*\beb, db\b/);
  });

  it('takes back a violation with too many orders, with another reason', () => {
    const many = Array.from({ length: 18 }, (_, at) => enqueue(`${at}`, 1, 100));
    const found = violation(...many.map(({ id }) => id), 'dnone');
    const reason = reasonOf(certified(found, [...many, dequeue('none', 101, 102)], 1_000));
    expect(reason).toMatch(/b left first.*\be0, e1\b.*\bdnone\b/);
    expect(reason).not.toMatch(/^bug/);
  });
});

describe('the search through all orders', () => {
  it('lets what leaves first be the smallest priority, and of one priority the first to arrive', () => {
    const both = [enqueue('a', 1, 2, 5), enqueue('b', 3, 4, 5), enqueue('c', 5, 6, 4)];
    const order = (...values: readonly string[]) =>
      searchOrder([...both, ...values.map((value, at) => dequeue(value, 10 + 2 * at, 11 + 2 * at))]);
    expect(order('c', 'a', 'b')).toBe('possible');
    expect(order('c', 'b', 'a')).toBe('impossible');
    expect(order('a', 'c', 'b')).toBe('impossible');
  });

  it('takes 0 for the priority that is not given', () => {
    const items = [enqueue('a', 1, 2), enqueue('b', 3, 4, 1), enqueue('c', 5, 6, -1)];
    const order = (...values: readonly string[]) =>
      searchOrder([...items, ...values.map((value, at) => dequeue(value, 10 + 2 * at, 11 + 2 * at))]);
    expect(order('c', 'a', 'b')).toBe('possible');
    expect(order('a', 'c', 'b')).toBe('impossible');
    expect(order('c', 'b', 'a')).toBe('impossible');
  });

  it('lets operations that touch overlap', () => {
    expect(searchOrder([dequeue('a', 1, 2), enqueue('a', 2, 3)])).toBe('possible');
    expect(searchOrder([dequeue('a', 1, 2), enqueue('a', 3, 4)])).toBe('impossible');
  });

  it('lets a dequeue of an unknown item take one, not more, and not before it began', () => {
    const skipped = [enqueue('a', 1, 2), enqueue('b', 3, 4), enqueue('c', 5, 6), dequeue('c', 9, 10)];
    expect(searchOrder([...skipped, unresolved('u', 7)])).toBe('impossible');
    expect(searchOrder([...skipped, unresolved('u', 7), unresolved('v', 8)])).toBe('possible');
    expect(searchOrder([...skipped, unresolved('u', 7), unresolved('v', 11)])).toBe('impossible');
    const told = { ...unresolved('told', 7), return: 8 };
    expect(searchOrder([...skipped, told, unresolved('v', 8)])).toBe('possible');
  });

  it('lets nothing leave an empty queue', () => {
    expect(searchOrder([{ ...unresolved('u', 1), return: 2 }])).toBe('impossible');
    expect(searchOrder([unresolved('u', 1)])).toBe('possible');
  });

  it('gives up after as many states as it may see', () => {
    const many = Array.from({ length: 6 }, (_, at) => enqueue(`${at}`, 1, 100));
    const never = [...many, dequeue('none', 101, 102)];
    expect(searchOrder(never)).toBe('impossible');
    // Each order of each part of six items is one state.
    const states = 1 + 6 + 30 + 120 + 360 + 720 + 720;
    expect(searchOrder(never, states)).toBe('impossible');
    expect(searchOrder(never, states - 1)).toBe('gave up');
  });
});
