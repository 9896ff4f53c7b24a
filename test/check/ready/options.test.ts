/** What every ready-made check has in common: its options, its name, names that a history does not have, nodes. */

import { describe, expect, it } from 'vitest';
import { checks, type MutualExclusionOptions, type Performed } from '../../../sim/check/ready/index.js';
import { InputError } from '../../../sim/input/parsed.js';
import { op, verdictOf } from './histories.js';

const made = (factory: keyof typeof checks, options: unknown) => () =>
  (checks[factory] as (given: unknown) => unknown)(options);

describe('options', () => {
  it.each([
    ['fifoQueue', { enqueue: 'push' }, /^checks\.fifoQueue: .*dequeue/],
    [
      'fifoQueue',
      { enqueu: 'push', dequeue: 'pop' },
      /unknown field "enqueu"; did you mean enqueue\?|enqueue/,
    ],
    [
      'exactlyOnce',
      { operation: 'pay', effect: 'receipts/', subject: 1 },
      /^checks\.exactlyOnce: unknown field "subject"; expected operation, effect, id, .* or whenAbsent$/,
    ],
    ['fifoQueue', { enqueue: 'push', dequeue: 'push' }, /enqueue and for dequeue/],
    ['fifoQueue', { enqueue: '', dequeue: 'pop' }, /checks\.fifoQueue\.enqueue: .*name/],
    ['fifoQueue', { enqueue: ['push', 3], dequeue: 'pop' }, /checks\.fifoQueue\.enqueue: .*names/],
    ['priorityQueue', { enqueue: 'push', dequeue: 'pop', priority: 'urgency' }, /priority: .*function/],
    ['mutualExclusion', {}, /during, or acquire and release, got none/],
    ['mutualExclusion', { during: 'hold', acquire: 'lock' }, /got during and acquire/],
    ['mutualExclusion', 'hold', /expected an object, got "hold"/],
    ['semaphore', { during: 'hold' }, /permits/],
    ['semaphore', { during: 'hold', permits: 0 }, /permits: .*whole number/],
    ['doubleBarrier', { enter: 'enter', leave: 'leave', count: 1.5 }, /count/],
    ['oneLeader', {}, /reign, or campaign and resign, got none/],
    ['leaseToldInTime', { during: 'hold' }, /look/],
    ['linearizable', { type: 'conter', operations: {} }, /did you mean counter\?/],
    ['linearizable', { type: 'counter', operations: { ad: 'add' } }, /operations/],
    ['linearizable', { type: 'counter', operations: {} }, /operations, got none/],
    ['linearizable', { type: { initial: 0 }, operations: 'add' }, /initial and next/],
    ['conservedSum', { keys: 'account/', sum: 'much' }, /sum: expected a decimal/],
    ['exactlyOnce', { operation: 'pay', effect: 5 }, /effect/],
    ['noLostUpdate', { update: 'add', key: '' }, /key/],
    ['atMostOncePerSlot', { operation: 'run', whenAbsent: 'fine' }, /whenAbsent: .*satisfied/],
  ] as const)('%s refuses %j in one line', (factory, options, message) => {
    expect(made(factory, options)).toThrow(InputError);
    expect(made(factory, options)).toThrow(message);
    expect(made(factory, options)).toThrow(/^[^\n]+$/);
  });

  it('change the name and the description', () => {
    expect(checks.mutualExclusion({ during: 'hold' })).toMatchObject({ name: 'mutual-exclusion' });
    const options = { during: 'hold', name: 'one-at-a-time', description: 'One at a time.' };
    expect(checks.mutualExclusion(options)).toMatchObject({
      name: 'one-at-a-time',
      description: 'One at a time.',
    });
  });

  it('may give several names to one part', () => {
    const check = checks.mutualExclusion({ during: ['hold', 'keep'] });
    expect(verdictOf(check, [op('a hold', [1, 4]), op('b keep', [2, 3])])).toMatch(
      'violated by hold@1, keep@2',
    );
  });
});

it('every check has a kebab-case name of its own', () => {
  const names = [
    checks.fifoQueue({ enqueue: 'a', dequeue: 'b' }),
    checks.priorityQueue({ enqueue: 'a', dequeue: 'b' }),
    checks.mutualExclusion({ during: 'a' }),
    checks.fencing({ write: 'a' }),
    checks.readWriteLock({ read: 'a', write: 'b' }),
    checks.semaphore({ during: 'a', permits: 2 }),
    checks.barrier({ wait: 'a', release: 'b' }),
    checks.doubleBarrier({ enter: 'a', leave: 'b', count: 2 }),
    checks.oneLeader({ reign: 'a' }),
    checks.leaseToldInTime({ acquire: 'a', release: 'b' }),
    checks.register({ read: 'a' }),
    checks.linearizable({ type: 'counter', operations: { add: 'a' } }),
    checks.strictSerializable({ transaction: 'a' }),
    checks.conservedSum({ keys: 'a', sum: 1 }),
    checks.exactlyOnce({ operation: 'a', effect: 'b' }),
    checks.noLostUpdate({ update: 'a' }),
    checks.monotonicReads({ read: 'a' }),
    checks.watchGuarantees({ watch: 'a' }),
    checks.eventuallyEqual({ view: 'a' }),
    checks.atMostOncePerSlot({ operation: 'a' }),
  ].map(({ name }) => name);
  expect(names).toHaveLength(Object.keys(checks).length);
  const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  expect(names).toEqual(Object.keys(checks).map(kebab));
});

describe('a name that no operation has', () => {
  const during = (options: Partial<MutualExclusionOptions> = {}) =>
    checks.mutualExclusion({ during: 'hold', ...options } as MutualExclusionOptions);

  it('makes the check inconclusive where there are others, and names them', () => {
    const verdict = verdictOf(during(), [op('a holds', [1, 2]), op('a look', [3, 4])]);
    expect(verdict).toMatch(/^inconclusive: .*"hold".*"holds", "look"; did you mean holds\?/);
  });

  it('is no mistake where nothing happened at all, or where the check says so', () => {
    expect(verdictOf(during(), [])).toBe('satisfied');
    expect(verdictOf(during({ whenAbsent: 'satisfied' }), [op('a look', [1, 2])])).toBe('satisfied');
  });

  it('of several is a mistake only where another looks like it', () => {
    const check = checks.fifoQueue({ enqueue: 'push', dequeue: 'take' });
    expect(verdictOf(check, [op('a push', [1, 2], { input: 'x' }), op('a look', [3, 4])])).toBe('satisfied');
    const verdict = verdictOf(check, [op('a push', [1, 2], { input: 'x' }), op('a tak', [3, 4])]);
    expect(verdict).toMatch(/^inconclusive: .*"take".*did you mean tak\?/);
  });

  it('does not hide a violation', () => {
    const check = checks.fifoQueue({ enqueue: 'push', dequeue: 'pop' });
    const verdict = verdictOf(check, [op('b pop', [3, 4], { output: 'x' }), op('b posh', [1, 2])]);
    expect(verdict).toMatch(/^violated by pop@3/);
  });
});

describe('a violation', () => {
  it('says in whose operations it is', () => {
    const verdict = verdictOf(checks.mutualExclusion({ during: 'hold' }), [
      op('a hold', [1, 4]),
      op('b hold', [2, 3]),
    ]);
    expect(verdict).toContain('hold@2 entered while hold@1 was inside');
    expect(verdict).toContain('(hold@1 by a, hold@2 by b)');
  });

  it('does not repeat what an id says', () => {
    const [one, other] = [op('c1 hold', [1, 4]), op('c11 hold', [2, 3])];
    const check = checks.mutualExclusion({ during: 'hold' });
    const verdict = verdictOf(check, [
      { ...one, id: 'c1-1' },
      { ...other, id: 'c1-2' },
    ]);
    expect(verdict).toMatch(/\(c1-2 by c11\)$/);
  });
});

describe('a place', () => {
  it('without a value is reported, with the option that it belongs to', () => {
    const check = checks.fifoQueue({ enqueue: 'push', dequeue: 'pop' });
    const operations = [op('a push', [1, 2], { input: { job: 5 } })];
    expect(() => verdictOf(check, operations)).toThrow(/item.*push@1 \(a\).*\{"job":5\}/);
  });

  it('is a function of the operation with its input, its output and its revision', () => {
    const seen: unknown[] = [];
    const key = ({ id, node, input, output, revision }: Record<string, unknown>) => {
      seen.push({ id, node, input, output, revision });
      return 'k';
    };
    const operations = [
      op('a hold', [1, 2], { input: 1, output: 2, revision: 3 }),
      op('a hold', [3, 4], { end: 'indefinite' }),
    ];
    verdictOf(checks.mutualExclusion({ during: 'hold', key: (one) => key({ ...one }) }), operations);
    expect(seen).toEqual([
      { id: 'hold@1', node: 'a', input: 1, output: 2, revision: 3 },
      { id: 'hold@3', node: 'a', input: null, output: undefined, revision: undefined },
    ]);
  });

  it('has the types that are named', () => {
    const check = checks.atMostOncePerSlot({
      operation: 'run',
      slot: ({ input, output }: Performed<{ minute: number }, { ran: boolean }>) =>
        output.ran ? input.minute.toFixed() : input.minute,
    });
    const run = (from: number) =>
      op('a run', [from, from + 1], { input: { minute: 1 }, output: { ran: true } });
    expect(verdictOf(check, [run(1), run(3)])).toMatch(/^violated/);
  });

  it('holds equal things equal, in any order of their fields, and texts to be what they say', () => {
    const check = checks.fifoQueue({
      enqueue: 'push',
      dequeue: 'pop',
      item: ({ input }) => input,
      taken: ({ output }) => output,
    });
    expect(
      verdictOf(check, [
        op('a push', [1, 2], { input: { a: 1, b: [2] } }),
        op('b pop', [3, 4], { output: { b: [2], a: 1 } }),
        op('a push', [5, 6], { input: 7 }),
        op('b pop', [7, 8], { output: '7' }),
      ]),
    ).toBe('satisfied');
  });
});
