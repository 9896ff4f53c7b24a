/** Runs of two nodes with faults, for the tests of each kind's effects. */
import { expect } from 'vitest';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import type { Plan, PlannedOperation } from '../../sim/plan/plan.js';
import type { Fault } from '../../sim/faults/index.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';
import { planOf, tinyScenario } from './tiny-scenario.js';

export const THREE = ['m1', 'm2', 'm3'];

export function run(
  body: (context: NodeContext, operation: PlannedOperation) => Promise<void>,
  faults: readonly Fault[],
  members: readonly string[] = ['m1'],
  strategy?: Plan['strategy'],
): Promise<RunResult> {
  const scenario = tinyScenario(body);
  const signal = new AbortController().signal;
  const plan = { ...planOf(scenario, { faults, members }), ...(strategy === undefined ? {} : { strategy }) };
  const backend = createSimulatedBackend();
  return runPlan({ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: true, replay: '', signal });
}

/** Every run here ends by itself, and its faults end with it. */
export function outputOf(result: RunResult, node: string): unknown {
  expect(result.problems).toEqual([]);
  const outcome = result.operations.find((operation) => operation.node === node)?.outcome;
  return outcome?.kind === 'ok' ? outcome.output : outcome;
}

/** Runs this body as n1 alone. */
export const asFirst =
  (body: (context: NodeContext) => Promise<RunResult['operations'][number]['input']>) =>
  async (context: NodeContext, operation: PlannedOperation): Promise<void> => {
    if (context.node !== 'n1') {
      context.skip(operation, 'n1 does this alone');
      return;
    }
    await context.perform(operation, async () => ({ output: await body(context) }));
  };

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export const refusalOf = (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
