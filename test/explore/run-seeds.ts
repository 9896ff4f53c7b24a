/** Runs the first seeds of a scenario in simulation, as a sweep that continues after a failure. */
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { RunWatch } from '../../sim/run/run-watch.js';
import type { FaultSelection } from '../../sim/explore/fault-selection.js';
import type { Plan } from '../../sim/plan/plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';

const backend = createSimulatedBackend();

export interface SeedRuns extends RunWatch {
  readonly seeds: number;
  /** None by default. */
  readonly faults?: FaultSelection;
}

export async function runSeeds(
  scenario: Scenario,
  { seeds, faults = { kind: 'none' }, ...watch }: SeedRuns,
): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const options = defaultOptions(scenario.options);
    const plan = drawPlan({ scenario, seed, faults, strategy: ['time'], options, members: 1 });
    results.push(await runOne(scenario, plan, watch));
  }
  return results;
}

export function runOne(scenario: Scenario, plan: Plan, watch: RunWatch = {}): Promise<RunResult> {
  const { signal } = new AbortController();
  return runPlan({
    ...{ scenario, plan, backend, budget: DEFAULT_BUDGET, stacks: false, replay: '', signal, ...watch },
  });
}
