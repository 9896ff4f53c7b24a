/** Simulated runs to measure: long ones, and many short ones. */
import { createSimulatedBackend } from '../sim/backend/simulated.js';
import { Ambient } from '../sim/engine/ambient/ambient.js';
import { drawPlan } from '../sim/explore/draw-plan.js';
import { runPlan } from '../sim/harness/run-plan.js';
import type { OptionValues } from '../sim/plan/options.js';
import { DEFAULT_BUDGET } from '../sim/run/budget.js';
import type { RunResult } from '../sim/run/run-result.js';
import { defaultOptions } from '../sim/scenario/parse-options.js';
import type { Scenario } from '../sim/scenario/scenario.js';
import { scenarios } from '../scenarios/index.js';

const BANK_SEEDS = 6;
const SHORT_SEEDS = 8;
/** What makes runs short, where a scenario has the option. */
const FEW: OptionValues = {
  ...{ workers: 3, transfers: 2, clients: 3, operations: 2, transactions: 2, lanes: 1 },
  ...{ producers: 2, consumers: 1, items: 2, users: 3, waiters: 2, rounds: 1, candidates: 2 },
  ...{ observers: 1, looks: 2, holders: 2, lookers: 1, writers: 1, writes: 2, watchers: 2, watches: 1 },
};

/** Draws and runs one seed, as a sweep does. */
export async function runSeed(scenario: Scenario, seed: number, few: OptionValues = {}): Promise<RunResult> {
  Ambient.install();
  const usual = defaultOptions(scenario.options);
  const options = Object.fromEntries(
    Object.entries(usual).map(([name, value]) => [name, few[name] ?? value]),
  );
  return runPlan({
    ...{ scenario, budget: DEFAULT_BUDGET, stacks: false, replay: '' },
    plan: drawPlan({ scenario, seed, options, faults: { kind: 'swarm' }, members: 1 }),
    backend: createSimulatedBackend(),
    signal: new AbortController().signal,
  });
}

/** Seeds of the default bank. */
export async function bankRuns(): Promise<void> {
  const bank = scenarios.find(({ name }) => name === 'bank');
  if (bank === undefined) throw new Error('there is no scenario bank');
  for (let seed = 1; seed <= BANK_SEEDS; seed++) await runSeed(bank, seed);
}

/** Short runs of every scenario. */
export async function shortRuns(): Promise<void> {
  for (let seed = 1; seed <= SHORT_SEEDS; seed++) {
    for (const scenario of scenarios) await runSeed(scenario, seed, FEW);
  }
}
