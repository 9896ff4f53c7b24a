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
import type { PlanRunner } from './plan-runner.js';
import type { ProgressListener } from './check-progress.js';
import type { Steps } from './steps.js';

/** The results of analysing a failure. */
export interface Analysis {
  /** What shrinking made of it. */
  readonly shrunk?: ShrinkResult | undefined;
  /** Why it fails; of the shrunk run where there is one. */
  readonly explanation?: Explanation | undefined;
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
  readonly signal: AbortSignal;
  readonly steps: Steps;
}

export class FailureAnalyst {
  readonly #options: AnalysisOptions;
  readonly #runner: PlanRunner;
  /** Files of the corpus that were reported. */
  readonly #reported = new Set<string>();

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
      run: (plan, watch, maxEvents) =>
        this.#runner.runPlan(plan, { stacks: false, ...watch, ...this.#limited(maxEvents) }),
      runToShow: (plan) => this.#runner.runPlan(plan, { stacks: true }),
      progress: (progress) => void onProgress?.({ kind: 'shrinking', ...progress }),
      signal,
    });
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
      run: (plan, budget, onEvent, withoutByHand) =>
        this.#runner.runPlan(plan, { stacks: false, budget, onEvent, withoutByHand }),
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
