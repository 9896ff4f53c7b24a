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

export async function soak(job: SoakJob, scenarios: readonly Scenario[]): Promise<SoakResult> {
  const scenario = scenarios.find(({ name }) => name === job.scenario);
  if (scenario === undefined) throw new Error(`expected a scenario, got ${job.scenario}`);
  const unsound: Unsound[] = [];
  let runs = 0;
  let faultsThatHit = 0;
  for (let seed = job.firstSeed; seed < job.firstSeed + job.seeds; seed++) {
    const replay = commandOf(job, seed);
    const run = (plan: Plan, watch: RunWatch = {}): Promise<RunResult> => {
      runs += 1;
      return runPlan({
        ...{ scenario, plan, backend: createSimulatedBackend(), budget: DEFAULT_BUDGET },
        ...{ stacks: false, replay, signal, ...watch },
      });
    };
    const options = defaultOptions(scenario.options);
    const { members, strategy } = job;
    try {
      const first = await exploreSeed({
        ...{ scenario, seed, options, members, run },
        faults: { kind: job.faults },
        strategy: [strategy],
      });
      const second = seed % job.twiceEvery === 0 ? await run(first.plan) : first;
      faultsThatHit += first.faults.filter(({ hits }) => hits > 0).length;
      if (first.verdict !== 'satisfied') {
        unsound.push({ kind: first.verdict, replay, message: firstMessage(first) });
      }
      if (first.trace?.hash !== second.trace?.hash) {
        const message = `trace ${first.trace?.hash} and ${second.trace?.hash}`;
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
