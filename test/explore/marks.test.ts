/** Marks: the rare situations that a run reached, and how a sweep counts them. */
import { expect, it } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { MarkCounter, marksOf } from '../../sim/explore/marks.js';
import { seedRunOf } from '../../sim/explore/seed-record.js';
import { sweep } from '../../sim/explore/sweep.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { Outcome } from '../../sim/history/history.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { NodeContext, Scenario } from '../../sim/scenario/scenario.js';
import { planOf, tinyScenario } from '../backend/tiny-scenario.js';
import { buildRun } from '../report/fixture.js';

const fault = (kind: string, hits: number) => ({ index: 0, kind, text: kind, hits });
const run = (parts: Partial<RunResult>): RunResult => ({
  ...buildRun(),
  operations: [],
  faults: [],
  ...parts,
});

it('of a run are its faults, its outcomes and the scenario’s own', () => {
  const result = run({
    faults: [fault('latency', 0), fault('partition', 0), fault('latency', 3), fault('partition', 0)],
    marks: [
      { mark: 'a', reached: true },
      { mark: 'b', reached: false },
    ],
  });
  expect(Object.fromEntries(marksOf(result))).toEqual({
    'latency hits': true,
    'partition hits': false,
    'an operation succeeds': false,
    'a check sees an operation': false,
    'an operation fails': false,
    'an operation is indefinite': false,
    a: true,
    b: false,
  });
  const error = { name: 'Error', message: 'x' };
  const [first] = buildRun().operations;
  if (first === undefined) throw new Error('expected an operation');
  const reached = (parts: Partial<RunResult>): string[] =>
    [...marksOf(run(parts))].filter(([, isReached]) => isReached).map(([mark]) => mark);
  const ended = (outcome: Outcome) => ({ operations: [{ ...first, outcome }], checks: [] });
  expect(reached(ended({ kind: 'ok', output: null }))).toEqual(['an operation succeeds']);
  expect(reached(ended({ kind: 'failed', error }))).toEqual(['an operation fails']);
  expect(reached(ended({ kind: 'indefinite', error }))).toEqual(['an operation is indefinite']);
  const { id, node, name, input, invoke } = first;
  expect(reached({ operations: [{ id, node, name, input, invoke }] })).toEqual(['a check sees an operation']);
});

it('of a sweep are counted among the seeds that could reach them, the rarest first', async () => {
  const { signal } = new AbortController();
  const { result } = await sweep({
    scenario: 'bank',
    seeds: { first: 0, last: 9 },
    bail: Infinity,
    runSeed: (seed) =>
      Promise.resolve(
        seedRunOf(
          run({
            faults: seed < 4 ? [fault('latency', seed === 0 ? 0 : 1)] : [],
            marks: [{ mark: 'never', reached: false }],
          }),
        ),
      ),
    signal,
    nowMs: () => 0,
  });
  expect(result.marks).toEqual([
    { mark: 'a check sees an operation', reached: 0, possible: 10 },
    { mark: 'an operation fails', reached: 0, possible: 10 },
    { mark: 'an operation is indefinite', reached: 0, possible: 10 },
    { mark: 'an operation succeeds', reached: 0, possible: 10 },
    { mark: 'never', reached: 0, possible: 10 },
    { mark: 'latency hits', reached: 3, possible: 4 },
  ]);
  expect(new MarkCounter().counts).toEqual([]);
});

async function runTiny(body: (context: NodeContext) => void): Promise<RunResult> {
  const scenario: Scenario = {
    ...tinyScenario(async (context, operation) => {
      await context.perform(operation, () => Promise.resolve({ output: null }));
      body(context);
    }),
    marks: ['once', 'never'],
  };
  const { signal } = new AbortController();
  const plan = planOf(scenario, {});
  const backend = createSimulatedBackend();
  return runPlan({ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: true, replay: '', signal });
}

it('a node reaches one by its name, as often as it likes', async () => {
  const result = await runTiny(({ mark }) => [1, 2].forEach(() => mark('once')));
  expect(result.problems).toEqual([]);
  expect(result.marks).toEqual([
    { mark: 'once', reached: true },
    { mark: 'never', reached: false },
  ]);
});

it('one that the scenario does not have is an error of the node', async () => {
  const result = await runTiny(({ mark }) => mark('twice'));
  expect(result.problems[0]).toMatchObject({
    kind: 'node-error',
    error: { message: 'expected one of the marks of scenario tiny, got twice' },
  });
});
