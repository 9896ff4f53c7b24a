/**
 * Runs seeds and plans as one request of a command says. Invariant: what it runs with stacks, for people, also records
 * its calls, and its trace is that of the run without.
 */
import type { Backend } from '../backend/backend.js';
import type { Budget } from '../engine/engine.js';
import type { EventObserver, StepObserver } from '../engine/steps.js';
import type { CampaignProgress, RunWatch } from '../explore/explore-seed.js';
import type { Plan } from '../plan/plan.js';
import { unlessAborted } from '../explore/unless-aborted.js';
import type { RunResult } from '../run/run-result.js';
import { runTwice } from './run-twice.js';
import type { CliEnvironment } from '../cli/environment.js';
import type { Machinery } from '../cli/use-cases.js';
import { replayCommand, type Pinned } from '../cli/arguments/replay-arguments.js';
import type { RunRequest } from '../cli/arguments/run-parameters.js';
import { recordRun, type SecondRuns } from '../cli/second-run.js';

export interface PlanRunnerOptions {
  readonly request: RunRequest;
  readonly backend: Backend;
  /** Whether to run every seed twice and to hold both runs against each other. */
  readonly checkDeterminism: boolean;
  /** Where a second run is made; in this process by default. */
  readonly secondRuns?: SecondRuns | undefined;
  readonly pinned: Pinned;
  readonly environment: CliEnvironment;
  readonly machinery: Machinery;
}

/** How a plan is run. */
export interface PlanRun extends RunWatch {
  readonly stacks: boolean;
  readonly observe?: StepObserver | undefined;
  readonly onEvent?: EventObserver | undefined;
  /** What the request says unless it is another. */
  readonly budget?: Budget;
  /** The seed's command unless it is another. */
  readonly replay?: string;
}

export class PlanRunner {
  readonly #options: PlanRunnerOptions;

  constructor(options: PlanRunnerOptions) {
    this.#options = options;
  }

  get request(): RunRequest {
    return this.#options.request;
  }

  get budget(): Budget {
    const { maxEvents, maxVirtualTimeMs, livenessMs } = this.request;
    return { maxEvents, maxVirtualTimeMs, livenessMs };
  }

  /**
   * Runs a seed, or the campaign that it makes.
   *
   * @param progress told after every run of a campaign
   * @throws NondeterminismError where every seed is run twice
   */
  runSeed(
    seed: number,
    { stacks, progress }: { readonly stacks: boolean; progress(campaign: CampaignProgress): void },
  ): Promise<RunResult> {
    const { scenario, options, faults, members, etcdVersion, strategy } = this.request;
    const { machinery, checkDeterminism, secondRuns, environment } = this.#options;
    environment.watchdog?.at({ stage: 'draws', scenario: scenario.name, seed });
    return machinery.exploreSeed({
      ...{ scenario, seed, options, faults, members, etcdVersion, strategy, progress },
      run: (plan, watch) => {
        if (!checkDeterminism) return this.runPlan(plan, { stacks, ...watch });
        const run = (observe: StepObserver) => this.runPlan(plan, { stacks: true, observe, ...watch });
        return runTwice(seed, run, () => {
          if (secondRuns !== undefined) return secondRuns.run(scenario.name, plan);
          return recordRun((observe) => this.runPlan(plan, { stacks: true, observe }));
        });
      },
    });
  }

  runPlan(plan: Plan, options: PlanRun): Promise<RunResult> {
    const { request, backend, machinery, environment, pinned } = this.#options;
    const { stacks, observe, onChoice, onEvent, recordCalls, replay, budget = this.budget } = options;
    return machinery.runPlan({
      ...{ scenario: request.scenario, plan, backend, budget, stacks, observe, onChoice, onEvent },
      // What is run with stacks is to be shown, with the reasons that calls give; what is compared is not.
      recordCalls: recordCalls ?? (stacks && observe === undefined),
      replay: replay ?? replayCommand(request, plan.seed, pinned),
      signal: environment.signal,
      heartbeat: environment.watchdog,
    });
  }

  /**
   * Runs it once more, with stacks. Undefined where that is interrupted, and on the real backend, which is constrained
   * by a seed, not replayed by it: there a second run says nothing of the first.
   */
  async runAgain({ trace, plan, exploration }: RunResult): Promise<RunResult | undefined> {
    if (trace === undefined) return undefined;
    const { signal } = this.#options.environment;
    const again = await unlessAborted(signal, () => this.runPlan(plan, { stacks: true }));
    return again === undefined || exploration === undefined ? again : { ...again, exploration };
  }
}
