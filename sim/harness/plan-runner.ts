/**
 * Runs seeds and plans of one scenario with the same parameters. Invariant: what it runs with stacks, for people, also
 * records its calls, and its trace is that of the run without. Of hundreds of runs that print the same, all are muted but
 * those that are asked for aloud.
 */
import type { Backend } from '../backend/backend.js';
import type { Budget } from '../engine/engine.js';
import type { Heartbeat } from '../engine/heartbeat.js';
import type { StepObserver } from '../engine/steps.js';
import type { EtcdVersion } from '../etcd/version.js';
import type { PlanRequest } from '../explore/plan-request.js';
import type { CampaignProgress } from '../explore/explore-seed.js';
import type { StrategySelection } from '../explore/strategies/strategy-selection.js';
import { unlessAborted } from '../explore/unless-aborted.js';
import type { Plan } from '../plan/plan.js';
import type { RunResult } from '../run/run-result.js';
import type { RunWatch } from '../run/run-watch.js';
import { recordRun, runTwice, type SecondRuns } from './run-twice.js';
import type { Steps } from './steps.js';

/** Everything that a run depends on besides its seed. */
export interface RunParameters extends Omit<PlanRequest, 'seed'> {
  readonly etcdVersion: EtcdVersion;
  readonly strategy: StrategySelection;
  readonly budget: Budget;
}

export interface PlanRunnerOptions {
  readonly parameters: RunParameters;
  readonly backend: Backend;
  /** Runs every seed twice and compares both runs; once by default. */
  readonly determinism?: DeterminismCheck | undefined;
  /** The shell command that runs a seed again. */
  replayOf(seed: number): string;
  readonly signal: AbortSignal;
  /** Whether what nodes print is shown only by runs that are asked for aloud; false by default. */
  readonly mutes?: boolean | undefined;
  /** Given signs of life. */
  readonly heartbeat?: Heartbeat | undefined;
  readonly steps: Steps;
}

export interface DeterminismCheck {
  /** Makes the second runs; this process does by default. */
  readonly secondRuns?: SecondRuns | undefined;
}

/** How a plan is run. */
export interface PlanRunOptions extends RunWatch {
  readonly stacks: boolean;
  /** Whether what nodes print is shown, though the runner mutes; false by default. */
  readonly aloud?: boolean;
  /** That of the parameters by default. */
  readonly budget?: Budget;
  /** The seed's command by default. */
  readonly replay?: string;
  /** As of a run: faults by hand that do not happen. */
  readonly withoutByHand?: readonly number[] | undefined;
}

export interface SeedRunOptions extends Pick<PlanRunOptions, 'stacks' | 'aloud'> {
  progress(campaign: CampaignProgress): void;
}

export class PlanRunner {
  readonly #options: PlanRunnerOptions;
  #hasMuted = false;

  constructor(options: PlanRunnerOptions) {
    this.#options = options;
  }

  get parameters(): RunParameters {
    return this.#options.parameters;
  }

  /** Whether nodes of any run have printed something that was not shown. */
  get hasMuted(): boolean {
    return this.#hasMuted;
  }

  get backend(): Backend['name'] {
    return this.#options.backend.name;
  }

  /**
   * Runs a seed, or the campaign that it makes.
   *
   * @param progress told after every run of a campaign
   * @param aloud see {@link PlanRunOptions}
   * @throws NondeterminismError where every seed is run twice
   */
  runSeed(seed: number, { stacks, aloud = false, progress }: SeedRunOptions): Promise<RunResult> {
    const { parameters, steps, determinism, heartbeat } = this.#options;
    const { budget: _, ...plan } = parameters;
    const { scenario } = parameters;
    heartbeat?.at({ stage: 'draws', scenario: scenario.name, seed });
    return steps.exploreSeed({
      ...{ ...plan, seed, progress },
      run: (plan, watch) => {
        if (determinism === undefined) return this.runPlan(plan, { stacks, aloud, ...watch });
        const run = (observe: StepObserver) => this.runPlan(plan, { stacks: true, aloud, observe, ...watch });
        return runTwice(seed, run, async (first) => {
          const { secondRuns } = determinism;
          if (secondRuns !== undefined) return secondRuns.run(scenario.name, plan);
          await first;
          return recordRun((observe) => this.runPlan(plan, { stacks: true, observe }));
        });
      },
    });
  }

  runPlan(plan: Plan, options: PlanRunOptions): Promise<RunResult> {
    const { parameters, backend, steps, replayOf, signal, heartbeat, mutes = false } = this.#options;
    const { scenario } = parameters;
    const { stacks, observe, onChoice, onEvent, recordCalls, replay, withoutByHand } = options;
    const { budget = parameters.budget, aloud = false } = options;
    return steps.runPlan({
      ...{
        scenario,
        plan,
        backend,
        budget,
        stacks,
        observe,
        onChoice,
        onEvent,
        signal,
        heartbeat,
        onMuted: mutes && !aloud ? () => void (this.#hasMuted = true) : undefined,
        withoutByHand,
      },
      // Runs with stacks are shown, so they need the reasons that calls give; runs that are compared do not.
      recordCalls: recordCalls ?? (stacks && observe === undefined),
      // So are those that nodes print in, and their pages have a picture of the run.
      recordRun: (stacks || aloud) && observe === undefined,
      replay: replay ?? replayOf(plan.seed),
    });
  }

  /**
   * Runs it once more, with stacks. Undefined where that is interrupted, and on the real backend, which is constrained
   * by a seed, not replayed by it: there a second run says nothing of the first.
   */
  async runAgain({ trace, plan, exploration }: RunResult): Promise<RunResult | undefined> {
    if (trace === undefined) return undefined;
    const { signal } = this.#options;
    const again = await unlessAborted(signal, () => this.runPlan(plan, { stacks: true }));
    return again === undefined || exploration === undefined ? again : { ...again, exploration };
  }
}
