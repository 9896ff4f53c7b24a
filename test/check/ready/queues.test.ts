/** Queues, and dequeues that found them empty. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checks } from '../../../sim/check/ready/index.js';
import type { History, Operation } from '../../../sim/history/history.js';
import { someOrder } from '../call-histories.js';
import { drawFrom, drawHistory } from '../queue-histories.js';
import type { SequentialType } from '../../../sim/check/linearizable.js';
import type { QueueOperation } from '../../../sim/check/queue/items.js';
import { op, verdictOf } from './histories.js';

const push = (times: readonly [number, number?], input: string | object, end?: 'indefinite' | 'failed') =>
  op('p push', times, { input: input as string, ...(end === undefined ? {} : { end }) });
const timesOf = ({ invoke, return: end }: QueueOperation): [number, number?] =>
  end === undefined ? [invoke] : [invoke, end];
const pop = (times: readonly [number, number?], output: string | null, end?: 'indefinite' | 'failed') =>
  op('c pop', times, { output, ...(end === undefined ? {} : { end }) });

describe('a queue', () => {
  const check = checks.fifoQueue({ enqueue: 'push', dequeue: 'pop' });

  it('gives what came first', () => {
    const ab = [push([1, 2], 'a'), push([3, 4], 'b')];
    expect(verdictOf(check, [...ab, pop([5, 6], 'a'), pop([7, 8], 'b')])).toBe('satisfied');
    expect(verdictOf(check, [...ab, pop([5, 6], 'b'), pop([7, 8], 'a')])).toMatch(
      /^violated by push@1, push@3, pop@5: pop@5 took b although a came before it \(push@1 by p/,
    );
    expect(verdictOf(check, [...ab, pop([5, 6], 'a'), pop([7, 8], 'a')])).toMatch(
      /taken twice, by pop@5 and by pop@7/,
    );
    expect(verdictOf(check, [pop([5, 6], 'c')])).toMatch(/took c, which nobody put/);
  });

  it('takes an enqueue that failed for one that never was, and one that may have been for one that was', () => {
    expect(verdictOf(check, [push([1, 2], 'a', 'failed'), pop([5, 6], 'a')])).toMatch(/^violated/);
    expect(verdictOf(check, [push([1, 2], 'a', 'indefinite'), pop([5, 6], 'a')])).toBe('satisfied');
    expect(verdictOf(check, [push([1], 'a'), push([3, 4], 'b'), pop([5, 6], 'b')])).toBe('satisfied');
  });

  it('knows that a dequeue without an answer may have taken something, and no more than one', () => {
    const skipped = [push([1, 2], 'a'), push([3, 4], 'b'), pop([7, 8], 'b')];
    expect(verdictOf(check, skipped)).toMatch(/^violated/);
    expect(verdictOf(check, [...skipped, pop([5, 6], null, 'indefinite')])).toBe('satisfied');
    const two = [push([1, 2], 'a'), push([2.2, 2.4], 'a2'), push([3, 4], 'b'), pop([7, 8], 'b')];
    expect(verdictOf(check, [...two, pop([5], null)])).toMatch(/only 1 unresolved dequeues had begun/);
  });

  it('is one of several, and things lie where the options say', () => {
    const several = checks.fifoQueue({
      enqueue: 'push',
      dequeue: 'pop',
      queue: ({ input }) => input.of,
      item: ({ input }) => input.job.name,
      taken: ({ output }) => output.done,
    });
    const put = (from: number, of: string, name: string) => push([from, from + 1], { of, job: { name } });
    const take = (from: number, of: string, done: string) =>
      op('c pop', [from, from + 1], { input: { of }, output: { done } });
    const puts = [put(1, 'x', 'a'), put(3, 'y', 'b')];
    expect(verdictOf(several, [...puts, take(5, 'y', 'b'), take(7, 'x', 'a')])).toBe('satisfied');
    expect(verdictOf(several, [...puts, take(5, 'x', 'b')])).toMatch(
      /^violated by pop@5: queue x: pop@5 took b/,
    );
  });

  it('takes what is left for what leaves after everything else', () => {
    const left = checks.fifoQueue({
      enqueue: 'push',
      dequeue: 'pop',
      left: ({ log }: History) => log.flatMap(({ events }) => events.map(({ value }) => value)),
    });
    const operations = [push([1, 2], 'a'), push([3, 4], 'b'), pop([5, 6], 'b'), pop([4.5], null)];
    expect(verdictOf(left, operations)).toBe('satisfied');
    const event = { type: 'put', key: 'k', value: 'a', createRevision: 2, version: 1 } as const;
    const log = [{ revision: 2, events: [event] }];
    expect(verdictOf(left, operations, { log })).toMatch(/^violated by push@1, push@3, pop@5: pop@5 took b/);
  });
});

describe('queues', () => {
  const make = (options = {}) => checks.fifoQueue({ enqueue: 'push', dequeue: 'pop', ...options });
  const put = (from: number, queue: string, item: string) =>
    op('p push', [from, from + 1], { input: { queue, item } });
  const take = (from: number, queue: string, item: string) =>
    op('c pop', [from, from + 1], { input: { queue }, output: { item } });

  it('differ by the field queue of the input, and the check judges each', () => {
    const puts = [put(1, 'x', 'a'), put(3, 'y', 'a'), put(5, 'y', 'b')];
    expect(verdictOf(make(), [...puts, take(7, 'y', 'a'), take(9, 'x', 'a')])).toBe('satisfied');
    expect(verdictOf(make(), [...puts, take(7, 'x', 'a'), take(9, 'y', 'b')])).toMatch(
      /^violated by push@3, push@5, pop@9: queue y: pop@9 took b although a /,
    );
  });

  it('that get the same item twice are not judged, and are named', () => {
    expect(verdictOf(make(), [put(1, 'x', 'a'), put(3, 'y', 'b'), put(5, 'y', 'b')])).toMatch(
      /^inconclusive: queue y: .*\bb\b/,
    );
  });

  it('have no name that a function cannot find', () => {
    expect(() => verdictOf(make({ queue: () => undefined }), [put(1, 'x', 'a')])).toThrow(
      /^queue is undefined for push@1 \(p\)/,
    );
  });

  it('keep what is left of what was enqueued, and nothing else', () => {
    const left = (items: readonly unknown[]) => make({ left: () => items });
    const one = [put(1, 'x', 'a')];
    expect(verdictOf(left(['a', 'other']), one)).toBe('satisfied');
    expect(verdictOf(left(['a']), [...one, take(3, 'x', 'a')])).toMatch(
      /^violated by push@1, pop@3: queue x: a was taken twice, by pop@3 and by the final drain: a/,
    );
    expect(() => verdictOf(left([null]), one)).toThrow(/^left .*\bnull\b/);
  });
});

describe('a dequeue that found the queue empty', () => {
  const check = checks.fifoQueue({ enqueue: 'push', dequeue: 'pop' });

  it('is right where the queue may have been empty', () => {
    expect(verdictOf(check, [pop([1, 2], null), push([3, 4], 'a')])).toBe('satisfied');
    expect(verdictOf(check, [push([1, 5], 'a'), pop([3, 4], null)])).toBe('satisfied');
    expect(verdictOf(check, [push([1, 2], 'a'), pop([3, 6], null), pop([4, 5], 'a')])).toBe('satisfied');
  });

  it('is wrong where something was in it all the while', () => {
    expect(verdictOf(check, [push([1, 2], 'a'), pop([3, 4], null), pop([5, 6], 'a')])).toMatch(
      /^violated by pop@3, push@1, pop@5: pop@3 found the queue empty, although one of a was always in it: expected an item/,
    );
    expect(verdictOf(check, [push([1, 2], 'a'), pop([3, 4], null)])).toMatch(/^violated by pop@3, push@1/);
    const chain = [push([1, 2], 'a'), push([4, 5], 'b'), pop([6, 7], 'a'), pop([9, 10], 'b')];
    expect(verdictOf(check, [...chain, pop([3, 8], null)])).toMatch(/one of a, b was always in/);
  });

  it('is explained by a dequeue without an answer that had begun, or an enqueue that may not have been', () => {
    expect(verdictOf(check, [push([1, 2], 'a'), pop([2.5], null), pop([3, 4], null)])).toBe('satisfied');
    expect(verdictOf(check, [push([1, 2], 'a'), pop([4.5], null), pop([3, 4], null)])).toMatch(/^violated/);
    expect(verdictOf(check, [push([1, 2], 'a', 'indefinite'), pop([3, 4], null)])).toBe('satisfied');
  });

  /** A queue whose dequeues may say that it is empty. */
  const typed: SequentialType<string, readonly [kind: 'put' | 'took' | 'empty', value: string]> = {
    initial: '',
    apply(state, [kind, value]) {
      if (kind === 'put') return `${state}${value},`;
      if (kind === 'empty') return state === '' ? state : undefined;
      // A dequeue without an answer took the first item.
      if (value === '') return state === '' ? undefined : state.slice(state.indexOf(',') + 1);
      return state.startsWith(`${value},`) ? state.slice(value.length + 1) : undefined;
    },
    textOf: (state) => state,
  };

  it('is never held to be wrong where some order explains it, and always found out where every answer is known', () => {
    const seen = { right: 0, wrong: 0 };
    const arbitrary = fc.record({
      seed: fc.nat(2 ** 31),
      empties: fc.integer({ min: 1, max: 2 }),
      open: fc.boolean(),
    });
    fc.assert(
      fc.property(arbitrary, ({ seed, empties, open }) => {
        const draw = drawFrom(seed);
        const shape = { enqueuesMax: 3, dequeuesMax: 3, priorities: 1, overlap: 15 };
        const drawn = drawHistory(draw, { ...shape, oneUnresolvedOf: open ? 4 : 0 });
        if (!open && drawn.some((one) => one.return === undefined)) return;
        const operations = drawn.map((one): Operation =>
          one.kind === 'enqueue' ? push(timesOf(one), one.value ?? '') : pop(timesOf(one), one.value ?? null),
        );
        const found = Array.from({ length: empties }, (_, index) => {
          const from = draw(60) + (index + 1) / 10;
          return pop([from, from + 1 + draw(15)], null);
        });
        const calls = [...operations, ...found].map(
          ({ name, input, invoke, outcome, return: end }, index) => {
            const output = outcome?.kind === 'ok' ? outcome.output : undefined;
            const kind = name === 'push' ? 'put' : output === null ? 'empty' : 'took';
            const value = (name === 'push' ? input : output) as string | null | undefined;
            return {
              id: `o${index}`,
              call: [kind, value ?? ''] as const,
              invoke: invoke.sequence,
              return: end?.sequence,
            };
          },
        );
        const verdict = verdictOf(check, [...operations, ...found]);
        const isRight = someOrder(typed, calls);
        if (isRight) expect(verdict).toBe('satisfied');
        else if (!open) expect(verdict).toMatch('violated');
        seen[isRight ? 'right' : 'wrong'] += 1;
      }),
      { numRuns: 1500 },
    );
    expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(200);
  });
});

describe('a priority queue', () => {
  const check = checks.priorityQueue({ enqueue: 'push', dequeue: 'pop' });
  const put = (from: number, value: string, priority: number) =>
    op('p push', [from, from + 1], { input: { value, priority } });

  it('gives the most urgent, and of one priority what came first', () => {
    const puts = [put(1, 'a', 5), put(3, 'b', 1), put(5, 'c', 1)];
    expect(verdictOf(check, [...puts, pop([7, 8], 'b'), pop([9, 10], 'c'), pop([11, 12], 'a')])).toBe(
      'satisfied',
    );
    expect(verdictOf(check, [...puts, pop([7, 8], 'a'), pop([9, 10], 'b')])).toMatch(
      /pop@7 took a of priority 5\b.* b of priority 1\b/,
    );
    expect(verdictOf(check, [...puts, pop([7, 8], 'c'), pop([9, 10], 'b')])).toMatch(
      /pop@7 took c of priority 1\b.* b of priority 1\b/,
    );
  });

  it('says what has no priority, and takes it from where the options say', () => {
    expect(() => verdictOf(check, [op('p push', [1, 2], { input: { value: 'a' } })])).toThrow(/priority/);
    const urgent = checks.priorityQueue({
      enqueue: 'push',
      dequeue: 'pop',
      priority: ({ input }) => -input.urgency,
    });
    const of = (from: number, value: string, urgency: number) =>
      op('p push', [from, from + 1], { input: { value, urgency } });
    expect(verdictOf(urgent, [of(1, 'a', 1), of(3, 'b', 9), pop([5, 6], 'b'), pop([7, 8], 'a')])).toBe(
      'satisfied',
    );
  });

  it('knows that a dequeue without an answer may have taken something', () => {
    const operations = [put(1, 'a', 1), put(3, 'b', 5), pop([7, 8], 'b')];
    expect(verdictOf(check, operations)).toMatch(/^violated/);
    expect(verdictOf(check, [...operations, pop([5], null)])).toBe('satisfied');
  });
});
