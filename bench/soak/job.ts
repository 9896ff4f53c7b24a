/**
 * A part of a soak: consecutive seeds of one scenario with one kind of faults and strategy; all of them, or
 * one in several, run twice. Invariant: a seed counts as sound only if it is satisfied and both runs have the
 * same trace; one that cannot be run is broken.
 */
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { exploreSeed } from '../../sim/explore/explore-seed.js';
import type { RunWatch } from '../../sim/run/run-watch.js';
import type { Plan } from '../../sim/plan/plan.js';
import type { StrategyName } from '../../sim/explore/strategies/strategy-selection.js';
import { firstMessage } from '../../sim/run/first-finding.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';

export interface SoakJob {
  readonly scenario: string;
  readonly strategy: StrategyName;
  readonly faults: 'all' | 'swarm';
  readonly members: 1 | 3;
  readonly firstSeed: number;
  readonly seeds: number;
  /** One in this many seeds is run twice; 1 for all. */
  readonly twiceEvery: number;
}

/** The problem of a seed. */
export interface Unsound {
  readonly kind: 'violated' | 'inconclusive' | 'nondeterministic' | 'broken';
  /** The command that runs it again. */
  readonly replay: string;
  readonly message: string;
}

export interface SoakResult {
  readonly job: SoakJob;
  /** Including those of campaigns and all second runs. */
  readonly runs: number;
  readonly faultsThatHit: number;
  readonly unsound: readonly Unsound[];
}

const { signal } = new AbortController();

/** A plan to run a second time. */
export interface SecondRun {
  readonly scenario: string;
  readonly plan: Plan;
}

/** The trace hash of a second run; undefined if it has none. */
export async function hashOf(
  { scenario, plan }: SecondRun,
  scenarios: readonly Scenario[],
): Promise<string | undefined> {
  return (await runOnce(scenarioOf(scenario, scenarios), plan, { replay: '' })).trace?.hash;
}

function scenarioOf(name: string, scenarios: readonly Scenario[]): Scenario {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`expected a scenario, got ${name}`);
  return scenario;
}

function runOnce(
  scenario: Scenario,
  plan: Plan,
  { replay, ...watch }: RunWatch & { readonly replay: string },
): Promise<RunResult> {
  return runPlan({
    ...{ scenario, plan, backend: createSimulatedBackend(), budget: DEFAULT_BUDGET },
    ...{ stacks: false, replay, signal, ...watch },
  });
}

/** @param second makes the second runs; in this process by default */
export async function soak(
  job: SoakJob,
  scenarios: readonly Scenario[],
  second: (run: SecondRun) => Promise<string | undefined> = (run) => hashOf(run, scenarios),
): Promise<SoakResult> {
  const scenario = scenarioOf(job.scenario, scenarios);
  const unsound: Unsound[] = [];
  let runs = 0;
  let faultsThatHit = 0;
  for (let seed = job.firstSeed; seed < job.firstSeed + job.seeds; seed++) {
    const replay = commandOf(job, seed);
    const run = (plan: Plan, watch: RunWatch = {}): Promise<RunResult> => {
      runs += 1;
      return runOnce(scenario, plan, { replay, ...watch });
    };
    const options = defaultOptions(scenario.options);
    const { members, strategy } = job;
    try {
      const first = await exploreSeed({
        ...{ scenario, seed, options, members, run },
        faults: { kind: job.faults },
        strategy: [strategy],
      });
      faultsThatHit += first.faults.filter(({ hits }) => hits > 0).length;
      if (first.verdict !== 'satisfied') {
        unsound.push({ kind: first.verdict, replay, message: firstMessage(first) });
      }
      if (seed % job.twiceEvery > 0) continue;
      runs += 1;
      const hash = await second({ scenario: job.scenario, plan: first.plan });
      if (first.trace?.hash !== hash) {
        const message = `trace ${first.trace?.hash} and ${hash}`;
        unsound.push({ kind: 'nondeterministic', replay, message });
      }
    } catch (error) {
      unsound.push({ kind: 'broken', replay, message: String(error) });
    }
  }
  return { job, runs, faultsThatHit, unsound };
}

function commandOf({ scenario, strategy, faults, members }: SoakJob, seed: number): string {
  return `sim --seed ${seed} --scenario ${scenario} --faults ${faults} --members ${members} --strategy ${strategy}`;
}
