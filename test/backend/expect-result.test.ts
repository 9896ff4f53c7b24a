/**
 * An operation's result must be JSON; otherwise the error names the node and the operation, and the run
 * continues.
 */
import { describe, expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { NodeContext, Scenario } from '../../sim/scenario/scenario.js';
import type { PlannedOperation } from '../../sim/plan/plan.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

function run(scenario: Scenario): Promise<RunResult> {
  const { signal } = new AbortController();
  const backend = createSimulatedBackend();
  const plan = planOf(scenario, { nodes: ['n1'] });
  return runPlan({ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: true, replay: '', signal });
}

const handing = (result: unknown): Promise<RunResult> =>
  run(
    tinyScenario(
      async ({ perform }, one) => void (await perform(one, () => Promise.resolve(result as never))),
    ),
  );

const withWork = (body: (context: NodeContext, one: PlannedOperation) => Promise<unknown>) =>
  run(tinyScenario(async (context, one) => void (await body(context, one))));

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

describe('an operation that returns', () => {
  it.each<[string, unknown, string]>([
    ['a BigInt', { output: { n: [5n] } }, 'JSON as its output, got the BigInt 5n as output.n[0]'],
    ['a cycle', { output: cyclic }, 'JSON as its output, got a value that contains itself as output.self'],
    ['a Map', { output: new Map() }, 'JSON as its output, got a Map as output'],
    ['NaN', { output: NaN }, 'JSON as its output, got NaN as output'],
    ['no object', 5, '{ output, revision? }, got 5'],
    [
      'etcd’s own revision',
      { output: 1, revision: '7' },
      'its revision to be a whole number, got "7": convert it with Number()',
    ],
    ['half a revision', { output: 1, revision: 0.5 }, 'its revision to be a whole number, got 0.5'],
  ])('%s makes an error of its node', async (_, result, message) => {
    const { problems, verdict, operations } = await handing(result);
    expect(verdict).toBe('violated');
    expect(problems).toMatchObject([
      { kind: 'node-error', node: 'n1', error: { message: `operation n1-1 (work): expected ${message}` } },
    ]);
    expect(operations[0]?.outcome?.kind).not.toBe('ok');
  });

  it('no result becomes the output null', async () => {
    const { operations } = await handing(undefined);
    expect(operations[0]?.outcome).toEqual({ kind: 'ok', output: null });
  });
});

describe('perform refuses', () => {
  it.each<[string, unknown, unknown, string]>([
    ['no operation', null, () => Promise.resolve(), 'an operation with an id and a name, got null'],
    ['no body', undefined, undefined, 'the body of operation n1-1 (work) to be a function, got none'],
    [
      'an input that is no JSON',
      { id: 'x', name: 'y', input: 5n },
      () => Promise.resolve(),
      'JSON for operation x (y), got the BigInt 5n as input',
    ],
  ])('%s', async (_, operation, body, message) => {
    const { problems } = await withWork(({ perform }, one) =>
      perform((operation === undefined ? one : operation) as never, body as never),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({
        kind: 'node-error',
        error: { name: 'TypeError', message: `perform: expected ${message}` },
      }),
    );
  });
});

it.each([
  [
    'throws at once',
    () => {
      throw new TypeError('no such thing');
    },
  ],
  ['rejects', () => Promise.reject(new TypeError('no such thing'))],
] as [string, () => Promise<void>][])('setup() that %s is named', async (_, setup) => {
  const scenario = { ...tinyScenario(() => Promise.resolve()), setup };
  await expect(run(scenario)).rejects.toThrow('scenario tiny: setup() threw TypeError: no such thing');
});

it('setup() may return nothing', async () => {
  const scenario = { ...tinyScenario(() => Promise.resolve()), setup: () => undefined as never };
  expect((await run(scenario)).problems.filter(({ kind }) => kind === 'node-error')).toEqual([]);
});
