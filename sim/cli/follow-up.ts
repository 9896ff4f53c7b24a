/**
 * What is done about a failure in simulation: it is shrunk, explained, and kept for the next time; and what was kept is
 * run again before a sweep. Invariant: an interruption ends what is under way, and what was found by then is used.
 */
import path from 'node:path';
import type { Explanation } from '../run/explanation.js';
import type { ShrinkResult } from '../explore/shrink/shrink.js';
import { reproOf } from '../repro/repro.js';
import type { RunResult } from '../run/run-result.js';
import type { CliEnvironment } from './environment.js';
import type { Machinery } from './use-cases.js';
import type { PlanRunner } from '../harness/plan-runner.js';
import { shortPath, type Shown } from './present.js';
import { shellQuote } from './arguments/replay-arguments.js';
import { rerunCorpus, type Corpus } from '../harness/corpus/rerun-corpus.js';

export interface FollowUpOptions {
  /** How many runs shrinking a failure may take; 0 for none. */
  readonly shrinkRunsMax: number;
  /** Whether to look for the moment that decides a failure. */
  readonly explains: boolean;
  /** Where failures in simulation are kept, as the user wrote it; undefined for nowhere. */
  readonly corpusDirectory: string | undefined;
  readonly environment: CliEnvironment;
  readonly machinery: Machinery;
}

/** About half a minute: whoever waits for a run does not want to wait for much longer. `sim shrink` takes its time. */
const SHRINK_EVENTS_MAX = 3_000_000;

export class FollowUp {
  readonly #options: FollowUpOptions;
  readonly #runner: PlanRunner;
  /** Files of the corpus that the user knows of. */
  readonly #told = new Set<string>();

  constructor(options: FollowUpOptions, runner: PlanRunner) {
    this.#options = options;
    this.#runner = runner;
  }

  /** What is to be shown of the failure besides itself. The smallest run is the one to be understood. */
  async understand(failure: RunResult): Promise<Pick<Shown<RunResult>, 'shrunk' | 'explanation'>> {
    const shrunk = await this.#shrink(failure);
    return { shrunk, explanation: shrunk === undefined ? undefined : await this.#explain(shrunk.smallest) };
  }

  /** Keeps a violation for the next time: as soon as it is found, and again once it is smaller. */
  async keep(failure: RunResult): Promise<void> {
    const { budget, request } = this.#runner;
    const repro = failure.verdict === 'violated' ? reproOf(failure, budget) : undefined;
    if (repro === undefined) return;
    const file = await (await this.#openCorpus())?.keep(repro, request.scenario);
    const { environment } = this.#options;
    if (file === undefined || this.#told.has(file)) return;
    this.#told.add(file);
    environment.stderr.write(`corpus: ${shortPath(environment.cwd, file)}\n`);
  }

  /** Runs what was found before; gives the fastest that still fails. */
  async rerunKept(): Promise<RunResult | undefined> {
    const store = await this.#openCorpus();
    if (store === undefined) return undefined;
    const { environment } = this.#options;
    const [first] = await rerunCorpus({
      store,
      request: this.#runner.request,
      run: (plan, file) =>
        this.#runner.runPlan(plan, {
          stacks: true,
          replay: `sim replay ${shellQuote(shortPath(environment.cwd, file))}`,
        }),
      signal: environment.signal,
      tell: (line) => this.#tell(line),
    });
    return first;
  }

  async #shrink(failure: RunResult): Promise<ShrinkResult | undefined> {
    const { machinery, environment, shrinkRunsMax } = this.#options;
    if (shrinkRunsMax === 0 || failure.trace === undefined || failure.verdict !== 'violated')
      return undefined;
    if (environment.signal.aborted) return undefined;
    return machinery.shrinkFailure(
      {
        failure,
        scenario: this.#runner.request.scenario,
        maxRuns: shrinkRunsMax,
        maxEvents: SHRINK_EVENTS_MAX,
        run: (plan, watch) => this.#runner.runPlan(plan, { stacks: false, ...watch }),
        runToShow: (plan) => this.#runner.runPlan(plan, { stacks: true }),
      },
      environment,
    );
  }

  async #explain(failure: RunResult): Promise<Explanation | undefined> {
    const { machinery, environment, explains } = this.#options;
    if (!explains || environment.signal.aborted) return undefined;
    return machinery.explainFailure(
      {
        failure,
        budget: this.#runner.budget,
        run: (plan, budget, onEvent) => this.#runner.runPlan(plan, { stacks: false, budget, onEvent }),
      },
      environment,
    );
  }

  async #openCorpus(): Promise<Corpus | undefined> {
    const { corpusDirectory, environment, machinery } = this.#options;
    if (corpusDirectory === undefined || this.#runner.request.backend !== 'simulated') return undefined;
    return machinery.openCorpus(path.resolve(environment.cwd, corpusDirectory), (line) => this.#tell(line));
  }

  #tell(line: string): void {
    this.#options.environment.stderr.write(`sim: ${line}\n`);
  }
}
