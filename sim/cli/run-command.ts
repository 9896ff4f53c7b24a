/**
 * `sim run`: one seed or a sweep, of one scenario or all. Invariant: results go to stdout and nothing else does; the
 * first failing seed in simulation is run a second time, with stacks, and must give the same trace.
 */
import path from 'node:path';
import type { Backend } from '../backend/backend.js';
import type { Budget } from '../engine/engine.js';
import type { Plan } from '../explore/plan.js';
import type { Explanation } from '../explore/explain/explanation.js';
import type { ShrinkResult } from '../explore/shrink/shrink.js';
import type { EventObserver, StepObserver } from '../engine/steps.js';
import type { RunWatch } from '../explore/explore-seed.js';
import { sweep } from '../explore/sweep.js';
import type { RunResult, Verdict } from '../run.js';
import type { CliEnvironment } from './environment.js';
import { NondeterminismError, runTwice } from './check-determinism.js';
import { exitCodes, worstVerdict, type ExitCode } from './exit-codes.js';
import type { Machinery } from './machinery.js';
import { presentRun, presentSweep, shortPath, type Presentation } from './present.js';
import { createProgressDisplay } from './progress.js';
import { replayCommand, shellQuote, type Pinned } from './replay-command.js';
import { rerunCorpus, type Corpus } from './rerun-corpus.js';
import { reproOf } from '../repro/repro.js';
import type { Requests, RunRequest, SeedRange } from './run-request.js';

export interface RunCommand {
  readonly requests: Requests;
  /** Whether to run on after a violation. */
  readonly keepGoing: boolean;
  /** Whether to run every seed twice and to hold both runs against each other. */
  readonly checkDeterminism: boolean;
  /** How many runs shrinking a failure may take; 0 for none. */
  readonly shrinkRunsMax: number;
  /** Whether to look for the moment that decides a failure. */
  readonly explains: boolean;
  readonly pinned: Pinned;
  readonly presentation: Presentation;
  /** Where failures in simulation are kept, as the user wrote it; undefined for nowhere. */
  readonly corpusDirectory: string | undefined;
  readonly environment: CliEnvironment;
  readonly machinery: Machinery;
}

/** How one scenario went. */
type Outcome = Verdict | 'interrupted' | 'nondeterministic';

/** Runs everything that is requested; the exit code says how it went. */
export async function runCommand(command: RunCommand): Promise<ExitCode> {
  const { requests, environment, machinery } = command;
  const verdicts: Verdict[] = [];
  for (const request of requests.requests) {
    const backend = await machinery.createBackend(request, (line) => environment.stderr.write(`${line}\n`));
    const runner = new Runner(command, request, backend);
    const outcome = await runner.run(requests.seeds);
    if (outcome === 'interrupted' || outcome === 'nondeterministic') return exitCodes[outcome];
    verdicts.push(outcome);
    if (outcome === 'violated' && !command.keepGoing) break;
  }
  return exitCodes[worstVerdict(verdicts)];
}

/** How a plan is run. */
interface PlanRun extends RunWatch {
  readonly stacks: boolean;
  readonly observe?: StepObserver | undefined;
  readonly onEvent?: EventObserver | undefined;
  /** What the request says unless it is another. */
  readonly budget?: Budget;
  /** The seed's command unless it is another. */
  readonly replay?: string;
}

/** Runs the seeds of one request. */
class Runner {
  readonly #command: RunCommand;
  readonly #request: RunRequest;
  readonly #backend: Backend;

  constructor(command: RunCommand, request: RunRequest, backend: Backend) {
    this.#command = command;
    this.#request = request;
    this.#backend = backend;
  }

  get #budget(): Budget {
    const { maxEvents, maxVirtualTimeMs, livenessMs } = this.#request;
    return { maxEvents, maxVirtualTimeMs, livenessMs };
  }

  async run(seeds: SeedRange): Promise<Outcome> {
    try {
      return seeds.first === seeds.last ? await this.runOne(seeds.first) : await this.runSweep(seeds);
    } catch (error) {
      if (!(error instanceof NondeterminismError)) throw error;
      const [first = '', ...others] = error.lines;
      this.#tell(first);
      for (const line of others) this.#command.environment.stderr.write(`  ${line}\n`);
      return 'nondeterministic';
    }
  }

  /** Runs without stacks, which cost up to half of the time, and again with them where there is a failure to show. */
  async runOne(seed: number): Promise<Outcome> {
    const first = await this.#unlessAborted(() =>
      this.#run(seed, { stacks: this.#request.backend === 'real' }),
    );
    const second =
      first === undefined || first.verdict === 'satisfied' ? undefined : await this.#runAgain(first);
    const result = second ?? first;
    if (result === undefined || this.#command.environment.signal.aborted) {
      this.#tell('interrupted before the run ended');
      return 'interrupted';
    }
    const shrunk = await this.#shrink(result);
    const explanation = await this.#explain(shrunk);
    await presentRun(this.#command, { result, budget: this.#budget, shrunk, explanation });
    await this.#keep(shrunk?.smallest ?? result);
    return this.#isSameRun(first, second) ? result.verdict : 'nondeterministic';
  }

  async runSweep(seeds: SeedRange): Promise<Outcome> {
    const { environment, keepGoing } = this.#command;
    const known = await this.#rerunCorpus();
    if (known !== undefined && !keepGoing) return 'violated';
    const display = createProgressDisplay(environment.stderr);
    const result = await sweep({
      scenario: this.#request.scenario.name,
      seeds,
      keepGoing,
      runSeed: (seed) => this.#run(seed, { stacks: false }),
      progress: (progress) => display.show(progress),
      signal: environment.signal,
      nowMs: () => environment.nowMs(),
    }).finally(() => display.end());
    const { firstFailure } = result;
    const second = firstFailure === undefined ? undefined : await this.#runAgain(firstFailure);
    const shown = second ?? firstFailure;
    const shrunk = shown === undefined ? undefined : await this.#shrink(shown);
    await presentSweep(this.#command, {
      result: shown === undefined ? result : { ...result, firstFailure: shown },
      budget: this.#budget,
      shrunk,
      explanation: await this.#explain(shrunk),
    });
    if (shown !== undefined) await this.#keep(shrunk?.smallest ?? shown);
    if (!this.#isSameRun(firstFailure, second)) return 'nondeterministic';
    if (environment.signal.aborted) {
      this.#tell(`interrupted after ${result.seedsRun} of ${result.seedsPlanned} seeds`);
      return 'interrupted';
    }
    const verdicts = result.failures.map((failure) => failure.verdict);
    return worstVerdict(known === undefined ? verdicts : [...verdicts, 'violated']);
  }

  /** Only for a failure in simulation of which a report is kept. */
  async #shrink(failure: RunResult): Promise<ShrinkResult | undefined> {
    const { machinery, environment, presentation, shrinkRunsMax } = this.#command;
    const wanted = shrinkRunsMax > 0 && presentation.reportDirectory !== undefined;
    if (!wanted || failure.trace === undefined || failure.verdict !== 'violated') return undefined;
    const { scenario } = this.#request;
    return machinery.shrinkFailure(
      {
        failure,
        scenario,
        maxRuns: shrinkRunsMax,
        run: (plan, onChoice) => this.#runPlan(plan, { stacks: false, onChoice }),
        runToShow: (plan) => this.#runPlan(plan, { stacks: true }),
      },
      environment,
    );
  }

  /** The smallest run is the one to be understood. */
  async #explain(shrunk: ShrinkResult | undefined): Promise<Explanation | undefined> {
    const { machinery, environment, explains } = this.#command;
    if (shrunk === undefined || !explains) return undefined;
    return machinery.explainFailure(
      {
        failure: shrunk.smallest,
        budget: this.#budget,
        run: (plan, budget, onEvent) => this.#runPlan(plan, { stacks: false, budget, onEvent }),
      },
      environment,
    );
  }

  async #openCorpus(): Promise<Corpus | undefined> {
    const { corpusDirectory, environment, machinery } = this.#command;
    if (corpusDirectory === undefined || this.#request.backend !== 'simulated') return undefined;
    return machinery.openCorpus(path.resolve(environment.cwd, corpusDirectory), (line) => this.#tell(line));
  }

  /** Runs what was found before, and shows the fastest that still fails. */
  async #rerunCorpus(): Promise<RunResult | undefined> {
    const store = await this.#openCorpus();
    if (store === undefined) return undefined;
    const { environment } = this.#command;
    const [first] = await rerunCorpus({
      store,
      request: this.#request,
      run: (plan, file) =>
        this.#runPlan(plan, {
          stacks: true,
          replay: `sim replay ${shellQuote(shortPath(environment.cwd, file))}`,
        }),
      signal: environment.signal,
      tell: (line) => this.#tell(line),
    });
    if (first !== undefined) await presentRun(this.#command, { result: first, budget: this.#budget });
    return first;
  }

  /** Keeps a violation for the next time. */
  async #keep(failure: RunResult): Promise<void> {
    const repro = failure.verdict === 'violated' ? reproOf(failure, this.#budget) : undefined;
    if (repro === undefined) return;
    const file = await (await this.#openCorpus())?.keep(repro, this.#request.scenario);
    const { environment } = this.#command;
    if (file !== undefined) environment.stderr.write(`corpus: ${shortPath(environment.cwd, file)}\n`);
  }

  /** The real backend is constrained by a seed, not replayed by it: there a second run says nothing of the first. */
  async #runAgain(first: RunResult): Promise<RunResult | undefined> {
    const { trace, plan, exploration } = first;
    if (trace === undefined) return undefined;
    const again = await this.#unlessAborted(() => this.#runPlan(plan, { stacks: true }));
    return again === undefined || exploration === undefined ? again : { ...again, exploration };
  }

  /** Whether two runs of one seed are one run, as far as both have a trace; tells where they are not. */
  #isSameRun(first: RunResult | undefined, second: RunResult | undefined): boolean {
    if (first?.trace === undefined || second?.trace === undefined) return true;
    if (first.trace.hash === second.trace.hash) return true;
    const { scenario, seed } = first.plan;
    this.#tell(
      `seed ${seed} of ${scenario} gave two different runs, trace ${first.trace.hash} and ${second.trace.hash}`,
    );
    return false;
  }

  async #unlessAborted(run: () => Promise<RunResult>): Promise<RunResult | undefined> {
    const { signal } = this.#command.environment;
    try {
      return await run();
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  async #run(seed: number, { stacks }: { readonly stacks: boolean }): Promise<RunResult> {
    const { scenario, options, faults, members, etcdVersion, strategy } = this.#request;
    return this.#command.machinery.exploreSeed({
      ...{ scenario, seed, options, faults, members, etcdVersion, strategy },
      run: (plan, watch) => {
        if (!this.#command.checkDeterminism) return this.#runPlan(plan, { stacks, ...watch });
        return runTwice(seed, (observe, which) =>
          this.#runPlan(plan, { stacks: true, observe, ...(which === 'second' ? watch : {}) }),
        );
      },
    });
  }

  #runPlan(plan: Plan, options: PlanRun): Promise<RunResult> {
    const { machinery, environment, pinned } = this.#command;
    const { stacks, observe, onChoice, onEvent, recordCalls, replay, budget = this.#budget } = options;
    return machinery.runPlan({
      scenario: this.#request.scenario,
      plan,
      backend: this.#backend,
      budget,
      stacks,
      observe,
      onChoice,
      onEvent,
      // What is run with stacks is to be shown, with the reasons that calls give; what is compared is not.
      recordCalls: recordCalls ?? (stacks && observe === undefined),
      replay: replay ?? replayCommand(this.#request, plan.seed, pinned),
      signal: environment.signal,
    });
  }

  #tell(line: string): void {
    this.#command.environment.stderr.write(`sim: ${line}\n`);
  }
}
