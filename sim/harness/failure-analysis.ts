/**
 * The work on a failure in simulation: shrink it, explain it, and keep it for the next time. Invariant: an interruption
 * ends the work under way, and its results so far are used.
 */
import type { Budget } from '../engine/engine.js';
import type { Explanation } from '../run/explanation.js';
import type { RunResult } from '../run/run-result.js';
import type { ShrinkResult } from '../explore/shrink/shrink.js';
import { reproOf } from '../repro/repro.js';
import { rerunCorpus, type Corpus } from './corpus/rerun-corpus.js';
import type { Plan } from '../plan/plan.js';
import type { PlanRunner, PlanRunOptions } from './plan-runner.js';
import type { ProgressListener } from './check-progress.js';
import type { Steps } from './steps.js';

/** The results of analysing a failure. */
export interface Analysis {
  /** What shrinking made of it. */
  readonly shrunk?: ShrinkResult | undefined;
  /** Why it fails; of the shrunk run where there is one. */
  readonly explanation?: Explanation | undefined;
}

/** A plan to run in another process, without stacks. */
export interface RemotePlan {
  readonly plan: Plan;
  readonly budget: Budget;
  readonly recordCalls?: boolean | undefined;
  readonly withoutByHand?: readonly number[] | undefined;
}

/** Runs plans in other processes, several at once. */
export interface PlanRuns {
  /** How many processes there are. */
  readonly count: number;
  /** Whether a process runs already, or is to start at once; starting one takes as long as many small runs. */
  readonly hasStarted: boolean;
  /** Rejects with a LostRunError where the process has ended. */
  run(request: RemotePlan): Promise<RunResult>;
}

export interface AnalysisOptions {
  /** How many runs shrinking a failure may take; 0 for none. */
  readonly shrinkRunsMax: number;
  /** How many events all runs of shrinking may have. */
  readonly shrinkEventsMax?: number | undefined;
  /** How many events all runs of explaining may have, about. */
  readonly explainEventsMax?: number | undefined;
  /** Whether to look for the moment that decides a failure. */
  readonly explains: boolean;
  /** Where failures in simulation are kept; nowhere by default. */
  readonly corpus?: Corpus | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** Runs plans elsewhere, where that is worth it; this process does by default. */
  readonly planRuns?: PlanRuns | undefined;
  readonly signal: AbortSignal;
  readonly steps: Steps;
}

/** Starting processes is worth it once the runs of an analysis had so many events: about two seconds of work. */
const EVENTS_BEFORE_PROCESSES = 200_000;

export class FailureAnalyst {
  readonly #options: AnalysisOptions;
  readonly #runner: PlanRunner;
  /** Files of the corpus that were reported. */
  readonly #reported = new Set<string>();
  /** Of all runs in this process so far. */
  #events = 0;

  constructor(options: AnalysisOptions, runner: PlanRunner) {
    this.#options = options;
    this.#runner = runner;
  }

  /** Shrinks the failure and explains the smallest run: that is the one to be understood. */
  async analyse(failure: RunResult): Promise<Analysis> {
    const shrunk = await this.shrink(failure);
    return { shrunk, explanation: await this.explain(shrunk?.smallest ?? failure) };
  }

  /** Keeps a violation for the next time: once when it is found, and again when it is smaller. */
  async keep(failure: RunResult): Promise<void> {
    const { budget, scenario } = this.#runner.parameters;
    const repro = failure.verdict === 'violated' ? reproOf(failure, budget) : undefined;
    if (repro === undefined) return;
    const file = await this.#corpus?.keep(repro, scenario);
    if (file === undefined || this.#reported.has(file)) return;
    this.#reported.add(file);
    await this.#options.onProgress?.({ kind: 'kept', file });
  }

  /**
   * Runs what was found before; gives the fastest that still fails.
   *
   * @param replayOf the shell command that replays a file
   */
  async rerunKept(replayOf: (file: string) => string): Promise<RunResult | undefined> {
    const store = this.#corpus;
    if (store === undefined) return undefined;
    const [first] = await rerunCorpus({
      store,
      request: this.#runner.parameters,
      run: (plan, file) => this.#runner.runPlan(plan, { stacks: true, replay: replayOf(file) }),
      signal: this.#options.signal,
      notice: (text) => void this.#options.onProgress?.({ kind: 'notice', text }),
    });
    return first;
  }

  async shrink(failure: RunResult): Promise<ShrinkResult | undefined> {
    const { steps, signal, shrinkRunsMax, shrinkEventsMax, onProgress } = this.#options;
    if (shrinkRunsMax === 0 || failure.trace === undefined || failure.verdict !== 'violated')
      return undefined;
    if (signal.aborted) return undefined;
    return steps.shrinkFailure({
      failure,
      scenario: this.#runner.parameters.scenario,
      maxRuns: shrinkRunsMax,
      ...(shrinkEventsMax === undefined ? {} : { maxEvents: shrinkEventsMax }),
      run: (plan, watch, maxEvents) => this.#run(plan, { ...watch, ...this.#limited(maxEvents) }),
      atOnce: () => this.#processes?.count ?? 1,
      runToShow: (plan) => this.#runner.runPlan(plan, { stacks: true }),
      progress: (progress) => void onProgress?.({ kind: 'shrinking', ...progress }),
      signal,
    });
  }

  /** The other processes, if they are worth it by now. Which runs they make changes no result. */
  get #processes(): PlanRuns | undefined {
    const { planRuns } = this.#options;
    return planRuns?.hasStarted === true || this.#events >= EVENTS_BEFORE_PROCESSES ? planRuns : undefined;
  }

  /** Elsewhere, unless an observer of this process has to hear it. */
  async #run(plan: Plan, options: Omit<PlanRunOptions, 'stacks'>): Promise<RunResult> {
    const { onEvent, onChoice, observe, recordCalls, withoutByHand } = options;
    const processes = this.#processes;
    if (processes !== undefined && onEvent === undefined && onChoice === undefined && observe === undefined) {
      const { budget = this.#runner.parameters.budget } = options;
      return processes.run({ plan, budget, recordCalls, withoutByHand });
    }
    const result = await this.#runner.runPlan(plan, { stacks: false, ...options });
    this.#events += result.trace?.events ?? 0;
    return result;
  }

  #limited(maxEvents: number | undefined): { readonly budget?: Budget } {
    const { budget } = this.#runner.parameters;
    return maxEvents === undefined
      ? {}
      : { budget: { ...budget, maxEvents: Math.min(budget.maxEvents, maxEvents) } };
  }

  async explain(failure: RunResult): Promise<Explanation | undefined> {
    const { steps, signal, explains, explainEventsMax, onProgress } = this.#options;
    if (!explains || failure.verdict !== 'violated' || signal.aborted) return undefined;
    return steps.explainFailure({
      failure,
      budget: this.#runner.parameters.budget,
      eventsMax: explainEventsMax,
      run: (plan, runBudget, onEvent, withoutByHand) =>
        this.#run(plan, { budget: runBudget, onEvent, withoutByHand }),
      atOnce: () => this.#processes?.count ?? 1,
      progress: (runs) => void onProgress?.({ kind: 'explaining', runs }),
      notice: (text) => void onProgress?.({ kind: 'notice', text }),
      signal,
    });
  }

  /** A failure on a real etcd is not replayed by its plan, so that keeping it is of no use. */
  get #corpus(): Corpus | undefined {
    return this.#runner.backend === 'simulated' ? this.#options.corpus : undefined;
  }
}
