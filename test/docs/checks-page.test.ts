/** The code in `docs/checks.md` runs, on a history that satisfies it and on one that does not. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Check } from '../../sim/check/check.js';
import { checks, type ReadyCheckName } from '../../sim/check/ready/index.js';
import { readyReference } from '../../sim/check/ready/reference.js';
import type { History } from '../../sim/history/history.js';
import * as library from '../../sim/index.js';
import { historyOf, logOf, op } from '../check/ready/histories.js';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/checks.md'), 'utf8');
const codeOf = (text: string) => [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
const sections = new Map(
  page.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), codeOf(text)] as const),
);

/** Runs the code like a module, and returns the value of an expression in it. */
function run<T>(code: string, expression: string): T {
  const names = Object.keys(library);
  const body = code.replace(/^import .*\n/gm, '');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page's code, as a reader would run it
  const made = new Function(...names, `${body}\nreturn ${expression};`) as (...all: unknown[]) => T;
  return made(...Object.values(library));
}

interface Pair {
  readonly right: History;
  readonly wrong: History;
}

const on = (input: string | number | object, rest = {}) => ({ input: input as string, ...rest });
const gave = (output: unknown, rest = {}) => ({ output: output as string, ...rest });

/** For each check: histories for its example. */
const histories: Readonly<Record<ReadyCheckName, Pair>> = {
  fifoQueue: {
    right: historyOf([op('p push', [1, 2], on('a')), op('c pop', [3, 4], gave('a'))]),
    wrong: historyOf([op('p push', [1, 2], on('a')), op('c pop', [3, 4], gave('b'))]),
  },
  priorityQueue: {
    right: historyOf([op('p push', [1, 2], on({ item: 'a', urgency: 1 })), op('c pop', [3, 4], gave('a'))]),
    wrong: historyOf([
      op('p push', [1, 2], on({ item: 'a', urgency: 1 })),
      op('p push', [3, 4], on({ item: 'b', urgency: 2 })),
      op('c pop', [5, 6], gave('b')),
    ]),
  },
  mutualExclusion: {
    right: historyOf([op('a hold', [1, 2]), op('b hold', [3, 4])]),
    wrong: historyOf([op('a hold', [1, 4]), op('b hold', [2, 3])]),
  },
  fencing: {
    right: historyOf([op('a write', [1, 2], on({ token: 1 })), op('b write', [3, 4], on({ token: 2 }))]),
    wrong: historyOf([op('a write', [1, 2], on({ token: 2 })), op('b write', [3, 4], on({ token: 1 }))]),
  },
  readWriteLock: {
    right: historyOf([op('a read', [1, 3]), op('b read', [2, 4]), op('c write', [5, 6])]),
    wrong: historyOf([op('a read', [1, 3]), op('c write', [2, 6])]),
  },
  semaphore: {
    right: historyOf([op('a hold', [1, 9]), op('b hold', [2, 9]), op('c hold', [3, 9])]),
    wrong: historyOf(['a', 'b', 'c', 'd'].map((node, index) => op(`${node} hold`, [index, 9]))),
  },
  barrier: {
    right: historyOf([op('a wait', [1, 4]), op('b release', [2, 3])]),
    wrong: historyOf([op('a wait', [1, 2]), op('b release', [3, 4])]),
  },
  doubleBarrier: {
    right: historyOf(['a', 'b', 'c'].map((node, index) => op(`${node} enter`, [index, 5 + index]))),
    wrong: historyOf(['a', 'b'].map((node, index) => op(`${node} enter`, [index, 5 + index]))),
  },
  oneLeader: {
    right: historyOf([op('a lead', [1, 4]), op('c ask', [2, 3], gave('a'))]),
    wrong: historyOf([op('a lead', [1, 4]), op('c ask', [2, 3], gave('b'))]),
  },
  leaseToldInTime: {
    right: historyOf([op('a hold', [1, 9], on({ key: 'k' })), op('b look', [2, 3], gave({ keys: ['k'] }))]),
    wrong: historyOf([op('a hold', [1, 9], on({ key: 'k' })), op('b look', [2, 3], gave({ keys: [] }))]),
  },
  register: {
    right: historyOf([op('a put', [1, 2], on('x')), op('b get', [3, 4], gave('x'))]),
    wrong: historyOf([op('a put', [1, 2], on('x')), op('b get', [3, 4], gave(null))]),
  },
  linearizable: {
    right: historyOf([op('a add', [1, 2]), op('b get', [3, 4], gave(1))]),
    wrong: historyOf([op('a add', [1, 2]), op('b get', [3, 4], gave(0))]),
  },
  strictSerializable: {
    right: historyOf([op('a transfer', [1, 2], gave({ balances: { x: 1 } }, { revision: 3 }))], {
      log: logOf({ x: '1' }, { x: '2' }),
    }),
    wrong: historyOf([op('a transfer', [1, 2], gave({ balances: { x: 7 } }, { revision: 3 }))], {
      log: logOf({ x: '1' }, { x: '2' }),
    }),
  },
  conservedSum: {
    right: historyOf([], { log: logOf({ 'account/a': '500' }, { 'account/a': '200', 'account/b': '300' }) }),
    wrong: historyOf([], { log: logOf({ 'account/a': '500' }, { 'account/a': '200' }) }),
  },
  exactlyOnce: {
    right: historyOf([op('a pay', [1, 2])], { log: logOf({ 'receipts/pay@1': '' }) }),
    wrong: historyOf([op('a pay', [1, 2])], { log: logOf({ other: '' }) }),
  },
  noLostUpdate: {
    right: historyOf([op('a add', [1, 2])], { log: logOf({ counter: '0' }, { counter: '1' }) }),
    wrong: historyOf([op('a add', [1, 2])], { log: logOf({ counter: '0' }) }),
  },
  monotonicReads: {
    right: historyOf([op('a get', [1, 2], gave('1')), op('a get', [3, 4], gave('2'))], {
      log: logOf({ config: '1' }, { config: '2' }),
    }),
    wrong: historyOf([op('a get', [1, 2], gave('2')), op('a get', [3, 4], gave('1'))], {
      log: logOf({ config: '1' }, { config: '2' }),
    }),
  },
  watchGuarantees: {
    right: historyOf(
      [op('w watch', [1, 2], gave({ events: [{ type: 'put', key: 'jobs/1', value: '', revision: 2 }] }))],
      {
        log: logOf({ 'jobs/1': '' }),
      },
    ),
    wrong: historyOf(
      [op('w watch', [1, 2], gave({ events: [{ type: 'put', key: 'jobs/2', value: '', revision: 2 }] }))],
      {
        log: logOf({ 'jobs/1': '' }),
      },
    ),
  },
  eventuallyEqual: {
    right: historyOf([op('c snapshot', [1, 2], gave({ state: { color: 'red' } }))], {
      log: logOf({ 'config/color': 'red' }),
    }),
    wrong: historyOf([op('c snapshot', [1, 2], gave({ state: { color: 'blue' } }))], {
      log: logOf({ 'config/color': 'red' }),
    }),
  },
  atMostOncePerSlot: {
    right: historyOf([op('a run', [1, 2], on({ minute: 1 })), op('b run', [3, 4], on({ minute: 2 }))]),
    wrong: historyOf([op('a run', [1, 2], on({ minute: 1 })), op('b run', [3, 4], on({ minute: 1 }))]),
  },
};

describe.each(Object.keys(checks) as ReadyCheckName[])('%s', (name) => {
  it('is shown as code that distinguishes correct from wrong histories', () => {
    const [code = ''] = sections.get(name) ?? [];
    const check = run<Check>('', code.trim().replace(/;$/, ''));
    const { right, wrong } = histories[name];
    expect(check.check(right)).toEqual({ verdict: 'satisfied' });
    expect(check.check(wrong)).toMatchObject({ verdict: 'violated' });
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(4);
  });

  it('has the options that the page names', () => {
    const names = Object.keys(readyReference[name].options).filter((option) => /^[a-zA-Z, ]+$/.test(option));
    for (const option of names.flatMap((list) => list.split(', '))) {
      const made = () =>
        (checks[name] as (options: unknown) => Check)({ ...example(name), [option]: Symbol('odd') });
      // It is refused for its value, not for its presence.
      expect(made, option).not.toThrow(/unknown field/);
    }
  });
});

/** The options of the page's example. */
function example(name: ReadyCheckName): object {
  let given: object = {};
  const record = Object.fromEntries([[name, (options: object) => (given = options)]]);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- as above
  (new Function('checks', readyReference[name].example) as (checks: unknown) => void)(record);
  return given;
}

it('its first block is a list of checks', () => {
  const [code = ''] = codeOf(page);
  expect(run<Check[]>(code, 'rules').map(({ name }) => name)).toEqual(['mutual-exclusion', 'exactly-once']);
});

it('a check of your own distinguishes correct from wrong histories', () => {
  const [code = ''] = sections.get('Your own') ?? [];
  const check = run<Check>(code, 'noneBelowZero');
  expect(check.check(historyOf([], { log: logOf({ 'account/a': '5' }) })).verdict).toBe('satisfied');
  expect(
    check.check(historyOf([], { log: logOf({ 'account/a': '5' }, { 'account/a': '-1' }) })),
  ).toMatchObject({
    verdict: 'violated',
    message: 'account/a is -1 at revision 3',
  });
});

it('every helper that it names is in the library', () => {
  const [, own = ''] = page.split('## Your own');
  const helpers = [...own.matchAll(/^- `(\w+)\(/gm)].map(([, name = '']) => name);
  expect(helpers).toHaveLength(6);
  for (const helper of helpers) expect(library).toHaveProperty(helper);
});
