/** A scenario that is not type-checked is refused in one line, by the library and by the command. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scenarios, specimens } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { parseScenario } from '../../sim/scenario/expect-scenario.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { planOf, tinyScenario } from '../backend/tiny-scenario.js';

const tiny = tinyScenario(() => Promise.resolve());
const workers = { type: 'integer', default: 3, min: 1, max: 9, description: '' };

it.each([...scenarios, ...specimens].map((scenario) => [scenario.name, scenario] as const))(
  'the scenario %s of the package passes',
  (_, scenario) => {
    expect(parseScenario(scenario)).toEqual({ kind: 'ok', value: scenario });
  },
);

const wrong: readonly [string, object, string][] = [
  ['a mistyped field', { restrt: () => [] }, 'unknown field "restrt"; did you mean restart?'],
  ['a field that there is not', { colour: 1 }, 'unknown field "colour"'],
  ['two members', { members: 2 }, 'members: expected 1 or 3, got 2'],
  ['no run', { run: undefined }, 'run: expected a function, got none'],
  ['a restart that is no function', { restart: [] }, 'restart: expected a function, got []'],
  ['a name with spaces', { name: 'My Lock' }, 'name: expected a name in kebab-case, got "My Lock"'],
  ['options that are null', { options: null }, 'options: expected an object of options, got null'],
  [
    'an option of another type',
    { options: { workers: { ...workers, type: 'number' } } },
    'options.workers.type: expected a known type of option (integer, choice), got "number"',
  ],
  [
    'a default outside its range',
    { options: { workers: { ...workers, default: 12 } } },
    'options.workers.default: expected a whole number from 1 to 9, got 12',
  ],
  [
    'a default that is no choice',
    { options: { kind: { type: 'choice', choices: ['stm', 'txn'], default: 'smt', description: '' } } },
    'options.kind.default: expected stm or txn, got "smt"; did you mean stm?',
  ],
  [
    'a mistyped field of an option',
    { options: { workers: { ...workers, maximum: 3 } } },
    'options.workers: unknown field "maximum"',
  ],
  [
    'a range that is none',
    { options: { workers: { ...workers, min: 9, max: 1 } } },
    'options.workers.max: expected at least the min 9, got 1',
  ],
  ['a mark twice', { marks: ['a', 'a'] }, 'marks: expected a list of different strings, got ["a","a"]'],
  ['a BigInt', { caughtWithinSeeds: 5n }, 'caughtWithinSeeds: expected a whole number, got the BigInt 5n'],
];

describe('refused in one line is a scenario with', () => {
  it.each(wrong)('%s', (_, change, message) => {
    const scenario = { ...tiny, ...change };
    expect(parseScenario(scenario)).toEqual({ kind: 'malformed', message });
    const request = { scenario, seed: 1, options: {}, faults: { kind: 'none' } as const, members: 1 };
    expect(() => drawPlan(request)).toThrow(`: ${message}`);
  });

  it('a getter that throws, or a Proxy', () => {
    const broken = {
      get: () => {
        throw new Error('not today');
      },
    };
    expect(parseScenario(new Proxy({ ...tiny }, broken)).kind).toBe('malformed');
    const getter = Object.defineProperty({ ...tiny }, 'marks', { enumerable: true, ...broken });
    expect(parseScenario(getter)).toEqual({
      kind: 'malformed',
      message: 'it threw Error: not today',
    });
  });

  it('any value in place of a field', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(tiny)), fc.anything({ withBigInt: true }), (name, value) => {
        const parsed = parseScenario({ ...tiny, [name]: value });
        if (parsed.kind === 'malformed') expect(parsed.message).toMatch(/^[^\n]+$/);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an invalid request for a plan is refused as on the command line', () => {
  const request = { scenario: tiny, seed: 1, options: {}, faults: { kind: 'none' } as const, members: 1 };
  it.each<[object, string]>([
    [{ seed: 1.5 }, 'seed: expected a whole number from 0 to 4294967295, got 1.5'],
    [{ members: 0 }, 'members: expected a whole number from 1 to 9, got 0'],
    [{ faults: { kind: 'some' } }, 'faults.kind: expected a selection of faults'],
    [{ faults: { kind: 'only', kinds: ['partiton'] } }, 'did you mean partition?'],
    [{ etcdVersion: '3.3' }, 'etcdVersion: expected 3.4, 3.5, 3.6 or 3.7, got "3.3"'],
    [{ strategy: ['walks'] }, 'did you mean walk?'],
    [{ options: { workers: 1 } }, 'expected no options, got "workers"'],
    [{ options: null }, 'options: expected an object of options, got null'],
  ])('%j', (change, message) => {
    expect(() => drawPlan({ ...request, ...change })).toThrow(message);
  });
});

describe('a plan to run is checked against its scenario', () => {
  it('like a repro', async () => {
    const partition = { kind: 'partition', node: 'n9', member: 'm1', atMs: 1, durationMs: 1 } as const;
    const plan = planOf(tiny, { faults: [partition] });
    const { signal } = new AbortController();
    const backend = createSimulatedBackend();
    const request = {
      scenario: tiny,
      plan,
      backend,
      budget: DEFAULT_BUDGET,
      stacks: false,
      replay: '',
      signal,
    };
    await expect(runPlan(request)).rejects.toThrow('expected a node of the plan, got "n9"');
  });
});

it('a fixed list of nodes is used unchanged', () => {
  const nodes = [{ name: 'a', operations: [{ id: 'a-1', name: 'work', input: null }] }];
  const scenario = { ...tiny, nodes: () => nodes };
  expect(drawPlan({ scenario, seed: 1, options: {}, faults: { kind: 'none' }, members: 1 }).nodes).toEqual(
    nodes,
  );
});

it.each([undefined, null, 5, {}, () => []])('nodes() that return %s are refused', (answer) => {
  const scenario = { ...tiny, nodes: () => answer } as unknown as Scenario;
  const request = { scenario, seed: 1, options: {}, faults: { kind: 'none' } as const, members: 1 };
  expect(() => drawPlan(request)).toThrow('expected an arbitrary of fast-check or a list of nodes, got ');
});

it.each([
  [1n, 'the BigInt 1n as input'],
  [{ a: [Symbol('x')] }, 'a symbol as input.a[0]'],
  [Infinity, 'Infinity as input'],
])('an operation whose input is no JSON is refused: %s', (input, message) => {
  const scenario = {
    ...tiny,
    nodes: () => [{ name: 'a', operations: [{ id: 'a-1', name: 'work', input }] }],
  } as unknown as Scenario;
  const request = { scenario, seed: 1, options: {}, faults: { kind: 'none' } as const, members: 1 };
  expect(() => drawPlan(request)).toThrow(`expected JSON for operation a-1 of a, got ${message}`);
});
