/**
 * Runs one seed of a specimen as `sim canary` does: with its own options and members, and faults drawn per
 * seed. Invariant: `runs` counts every run that the seed cost, including the several runs of a campaign.
 */
import type { Budget } from '../../sim/engine/engine.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { exploreSeed } from '../../sim/explore/explore-seed.js';
import type { RunWatch } from '../../sim/run/run-watch.js';
import type { Plan } from '../../sim/plan/plan.js';
import { mix } from '../../sim/explore/strategies/strategy-selection.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import type { StrategyWay } from './cells.js';

export interface SeedRun {
  /** The run that failed, or the last one. */
  readonly result: RunResult;
  readonly runs: number;
}

const backend = createSimulatedBackend();

export async function runSeed(specimen: Scenario, strategy: StrategyWay, seed: number): Promise<SeedRun> {
  const result = await exploreSeed({
    ...{ scenario: specimen, seed, faults: { kind: 'swarm' } },
    strategy: strategy === 'mix' ? mix : [strategy],
    options: defaultOptions(specimen.options),
    members: specimen.members ?? 1,
    run: (plan, watch) => runOnce(specimen, plan, watch),
  });
  return { result, runs: result.exploration?.runs ?? 1 };
}

/** One run of one plan. */
export function runOnce(
  specimen: Scenario,
  plan: Plan,
  watch: RunWatch = {},
  budget: Budget = DEFAULT_BUDGET,
): Promise<RunResult> {
  const { signal } = new AbortController();
  return runPlan({
    ...{ scenario: specimen, plan, backend, budget, stacks: false, signal, ...watch },
    replay: `sim --seed ${plan.seed} --scenario ${specimen.name}`,
  });
}
