/**
 * Where one seed of a specimen is run, as `sim canary` runs it: its own options and members, and faults drawn per seed.
 * Invariant: `runs` counts every run that the seed cost, also where a strategy makes several of one seed.
 */
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import type { Plan } from '../../sim/explore/plan.js';
import type { StrategySelection } from '../../sim/explore/strategies/strategy-spec.js';
import { DEFAULT_BUDGET, runPlan } from '../../sim/run-plan.js';
import type { RunResult } from '../../sim/run.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';

export interface SeedRun {
  /** The run that failed, or the last one. */
  readonly result: RunResult;
  readonly runs: number;
}

const backend = createSimulatedBackend();

export async function runSeed(
  specimen: Scenario,
  strategy: StrategySelection,
  seed: number,
): Promise<SeedRun> {
  const plan = drawPlan({
    ...{ scenario: specimen, seed, strategy, faults: { kind: 'swarm' } },
    options: defaultOptions(specimen.options),
    members: specimen.members ?? 1,
  });
  return { result: await runOnce(specimen, plan), runs: 1 };
}

/** One run of one plan. */
export function runOnce(specimen: Scenario, plan: Plan): Promise<RunResult> {
  const { signal } = new AbortController();
  return runPlan({
    ...{ scenario: specimen, plan, backend, budget: DEFAULT_BUDGET, stacks: false, signal },
    replay: `sim --seed ${plan.seed} --scenario ${specimen.name}`,
  });
}
