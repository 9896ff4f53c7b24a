/**
 * How much work a run is, in numbers that are the same on every machine: its events and its calls for each operation.
 * Each scenario runs at its default size, without faults, on one member. CI compares them with the page.
 */
import { createSimulatedBackend } from '../sim/backend/simulated.js';
import { table } from '../sim/docs/table.js';
import { drawPlan } from '../sim/explore/draw-plan.js';
import { runPlan } from '../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../sim/run/budget.js';
import { defaultOptions } from '../sim/scenario/parse-options.js';
import type { Scenario } from '../sim/scenario/scenario.js';
import { scenarios } from '../scenarios/index.js';

const SEED = 42;

export interface Work {
  readonly scenario: string;
  readonly operations: number;
  readonly events: number;
  readonly messages: number;
}

/** As Markdown. */
export async function work(): Promise<string> {
  const rows = [];
  for (const scenario of scenarios) rows.push(rowOf(await workOf(scenario)));
  return table(['scenario', 'operations', 'events an operation', 'messages an operation'], rows);
}

export async function workOf(scenario: Scenario): Promise<Work> {
  const options = defaultOptions(scenario.options);
  const plan = drawPlan({ scenario, seed: SEED, options, faults: { kind: 'none' }, members: 1 });
  const { verdict, operations, trace, counters } = await runPlan({
    ...{ scenario, plan, backend: createSimulatedBackend(), budget: DEFAULT_BUDGET },
    ...{ stacks: false, replay: '', signal: new AbortController().signal },
  });
  if (verdict !== 'satisfied') throw new Error(`${scenario.name} ended ${verdict}`);
  const { name } = scenario;
  const messages = counters['messages'] ?? Number.NaN;
  return { scenario: name, operations: operations.length, events: trace?.events ?? Number.NaN, messages };
}

function rowOf({ scenario, operations, events, messages }: Work): string[] {
  return [scenario, String(operations), (events / operations).toFixed(1), (messages / operations).toFixed(1)];
}
