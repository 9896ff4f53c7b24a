/** Every option of every ready-made check: it is known, and a value of another kind is refused with what it takes. */

import { describe, expect, it } from 'vitest';
import type { Check } from '../../../sim/check/check.js';
import { checks, type ReadyCheckName } from '../../../sim/check/ready/index.js';

interface Known {
  /** As few options as it takes. */
  readonly least: Readonly<Record<string, unknown>>;
  /** Those that take one name of an operation or several. */
  readonly names: string;
  /** Those that take a function. */
  readonly functions: string;
  /** Options with one operation, `x`, in place of two. */
  readonly alone?: object;
  /** Those of another kind: a good value, a bad one, and the message about it. */
  readonly others?: readonly (readonly [option: string, good: unknown, bad: unknown, said: RegExp])[];
}

const seconds = ['toldWithinSeconds', 3.5, -1, /a number from 0 to 1000000, got -1/] as const;

const known: Readonly<Record<Exclude<ReadyCheckName, 'linearizable'>, Known>> = {
  fifoQueue: {
    least: { enqueue: 'a', dequeue: 'b' },
    names: 'enqueue dequeue',
    functions: 'item taken queue left',
  },
  priorityQueue: {
    least: { enqueue: 'a', dequeue: 'b' },
    names: 'enqueue dequeue',
    functions: 'item taken queue left priority',
  },
  mutualExclusion: {
    least: { acquire: 'a', release: 'b' },
    alone: { during: 'x' },
    names: 'during acquire release',
    functions: 'key holder acquired fencing',
    others: [seconds],
  },
  semaphore: {
    least: { acquire: 'a', release: 'b', permits: 1 },
    alone: { during: 'x', permits: 1 },
    names: 'during acquire release',
    functions: 'key holder acquired',
    others: [seconds, ['permits', 1, 0, /a whole number from 1 to 1000000, got 0/]],
  },
  readWriteLock: {
    least: { read: 'a', write: 'b' },
    names: 'read write',
    functions: 'key',
    others: [seconds],
  },
  fencing: { least: { write: 'a' }, names: 'write', functions: 'accepted token place' },
  barrier: { least: { wait: 'a', release: 'b' }, names: 'wait release hold', functions: 'barrier' },
  doubleBarrier: {
    least: { enter: 'a', leave: 'b', count: 1 },
    names: 'enter leave quit',
    functions: 'barrier lingers',
    others: [['count', 1_000_000, 1_000_001, /a whole number from 1 to 1000000, got 1000001/]],
  },
  oneLeader: {
    least: { campaign: 'a', resign: 'b' },
    alone: { reign: 'x' },
    names: 'reign campaign resign told',
    functions: 'leader known election',
    others: [seconds],
  },
  leaseToldInTime: {
    least: { acquire: 'a', release: 'b' },
    alone: { during: 'x', look: 'y' },
    names: 'during acquire release look',
    functions: 'key lease keys holder acquired',
    others: [seconds],
  },
  register: {
    least: { read: 'a' },
    names: 'read write cas',
    functions: 'key value found expected swapped',
    others: [['initial', { any: ['thing'] }, undefined, /^$/]],
  },
  strictSerializable: {
    least: { transaction: 'a' },
    names: 'transaction',
    functions: 'reads writes',
    others: [
      ['keys', 'k/', 5, /a prefix of keys, or a function of a key, got 5/],
      ['keys', () => true, [], /a prefix of keys, or a function of a key, got \[\]/],
    ],
  },
  conservedSum: {
    least: { keys: 'k/', sum: 1 },
    names: '',
    functions: 'amount',
    others: [
      ['keys', 'k/', '', /a prefix of keys, got ""/],
      ['sum', '-0.5', 'half', /a decimal, got "half"/],
    ],
  },
  exactlyOnce: {
    least: { operation: 'a', effect: 'k/' },
    names: 'operation',
    functions: 'id',
    others: [
      ['effect', () => 1, 5, /a prefix of keys, a function .*, or \{ operation, of \}, got 5/],
      ['effect', { operation: 'b', of: () => 1 }, '', /a string, got ""/],
      ['effect', { operation: ['b', 'c'], of: () => 1 }, { operation: 'b' }, /, got .*"operation":"b"/],
      ['effect', 'k/', { operation: 'b', of: 5 }, /, got .*"of":5/],
    ],
  },
  noLostUpdate: {
    least: { update: 'a' },
    names: 'update',
    functions: 'read by',
    others: [
      ['key', 'k', 5, /a key, or a function of an operation, got 5/],
      ['key', () => 'k', '', /a string, got ""/],
    ],
  },
  monotonicReads: { least: { read: 'a' }, names: 'read', functions: 'key found version session' },
  watchGuarantees: {
    least: { watch: 'a' },
    names: 'watch',
    functions: 'watched events from onlyPuts bookmarks resumedBefore',
  },
  eventuallyEqual: {
    least: { view: 'a' },
    names: 'view',
    functions: 'of state',
    others: [
      ['keys', 'k/', '', /a prefix of keys, got ""/],
      ['withinMs', 0, -1, /a number from 0 to 1000000000, got -1/],
    ],
  },
  atMostOncePerSlot: { least: { operation: 'a' }, names: 'operation', functions: 'slot' },
};

const make = (factory: ReadyCheckName, options: object) =>
  (checks[factory] as (given: object) => Check)(options);
const wordsOf = (words: string) => words.split(' ').filter((word) => word !== '');

describe.each(Object.entries(known))('%s', (name, { least, alone, names, functions, others = [] }) => {
  const factory = name as ReadyCheckName;
  const refused = (option: string, value: unknown, said: RegExp) => {
    const made = () => make(factory, { ...least, [option]: value });
    expect(made, option).toThrow(new RegExp(`^checks\\.${factory}\\.${option}.*: expected `));
    expect(made, option).toThrow(said);
  };

  it('takes each option, and not a value of another kind', () => {
    const readers = Object.fromEntries(wordsOf(functions).map((option) => [option, () => 1]));
    expect(() => make(factory, { ...least, ...readers })).not.toThrow();
    for (const option of wordsOf(functions)) refused(option, 5, /expected a function.*, got 5$/);
    for (const option of wordsOf(names))
      refused(option, 5, /name of an operation, or a list of names, got 5$/);
    for (const [option, good, bad, said] of others) {
      expect(() => make(factory, { ...least, [option]: good }), option).not.toThrow();
      if (bad !== undefined) refused(option, bad, said);
    }
  });

  it('is about the operations that it names', () => {
    const given = wordsOf(names).filter((option) => option in least);
    expect(make(factory, least).operations).toEqual(given.map((option) => least[option]));
    for (const option of wordsOf(names)) {
      // One operation that lasts stands for two.
      if (option === 'during' || option === 'reign') continue;
      const check = make(factory, { ...least, [option]: ['x', 'y'] });
      expect(check.operations, option).toEqual(expect.arrayContaining(['x', 'y']));
    }
    if (alone !== undefined) expect(make(factory, alone).operations).toContain('x');
    const [first] = given;
    if (first === undefined) return;
    expect(() => make(factory, { ...least, [first]: ['x', 'x'] })).toThrow(
      `checks.${factory}: expected different operations, got "x" for ${first} and for ${first}`,
    );
  });

  it('takes a name of its own, a description, and what to say where its operations are absent', () => {
    const own = { name: 'mine', description: 'Mine.' };
    expect(make(factory, { ...least, ...own, whenAbsent: 'satisfied' })).toMatchObject(own);
    expect(make(factory, { ...least, whenAbsent: 'inconclusive' })).not.toMatchObject(own);
    refused('name', '', /a name, got ""/);
    refused('description', 5, /a sentence, got 5/);
    refused('whenAbsent', 'violated', /inconclusive or satisfied, got "violated"/);
  });

  it('lists its options where an unknown one resembles none', () => {
    const all = [
      ...Object.keys(least),
      ...wordsOf(names),
      ...wordsOf(functions),
      ...others.map(([one]) => one),
    ];
    const made = () => make(factory, { ...least, qqqqqqqq: 1 });
    expect(made).toThrow(new RegExp(`^checks\\.${factory}: unknown field "qqqqqqqq"; expected `));
    for (const option of [...all, 'name', 'description', 'whenAbsent'])
      expect(made).toThrow(new RegExp(`\\b${option}\\b`));
  });

  it('says what must hold, in whole sentences', () => {
    const { description } = make(factory, least);
    expect(description).toMatch(/^[A-Z].{20,}\.$/);
  });
});
