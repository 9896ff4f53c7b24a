/**
 * `sim run`: one seed or a sweep, of one scenario or all. Invariant: results go to stdout and nothing else does; the
 * first failing seed in simulation is run a second time, with stacks, and must give the same trace; what was found before
 * an interruption is shown and kept.
 */
import type { ShrinkResult } from '../../explore/shrink/shrink.js';
import { sweep } from '../../explore/sweep.js';
import { firstMessage } from '../../run/first-message.js';
import { unlessAborted } from '../../explore/unless-aborted.js';
import { singleLine } from '../../input/parsed.js';
import type { RunResult, Verdict } from '../../run/run-result.js';
import type { CliEnvironment } from '../environment.js';
import { NondeterminismError } from '../../harness/run-twice.js';
import { exitCodes, worstVerdict, type ExitCode } from '../exit-codes.js';
import { FollowUp, type FollowUpOptions } from '../follow-up.js';
import { interruptedLate } from '../interrupted-late.js';
import type { Machinery } from '../use-cases.js';
import { PlanRunner } from '../../harness/plan-runner.js';
import { presentRun, presentSweep, type Presentation } from '../present.js';
import { createLineDisplay, createProgressDisplay, formatCampaign } from '../progress.js';
import type { Pinned } from '../arguments/replay-arguments.js';
import type { Requests, SeedRange } from '../arguments/run-parameters.js';
import { serveSecondRuns, startSecondRuns, type SecondRuns } from '../second-run.js';

export interface RunCommand extends FollowUpOptions {
  readonly requests: Requests;
  /** Whether to run on after a violation. */
  readonly keepGoing: boolean;
  /** Whether to run every seed twice and to hold both runs against each other. */
  readonly checkDeterminism: boolean;
  readonly pinned: Pinned;
  readonly presentation: Presentation;
  readonly environment: CliEnvironment;
  readonly machinery: Machinery;
}

/** How one scenario went. */
type Outcome = Verdict | 'interrupted' | 'nondeterministic';

/** Runs everything that is requested; the exit code says how it went. */
export async function runCommand(command: RunCommand): Promise<ExitCode> {
  const { checkDeterminism, environment } = command;
  const { program, env } = environment;
  const secondRuns = checkDeterminism && program !== undefined ? startSecondRuns(program, env) : undefined;
  try {
    return await runAll(command, secondRuns);
  } finally {
    secondRuns?.close();
  }
}

async function runAll(command: RunCommand, secondRuns: SecondRuns | undefined): Promise<ExitCode> {
  const { requests, environment, machinery, checkDeterminism, pinned } = command;
  const verdicts: Verdict[] = [];
  for (const request of requests.requests) {
    const backend = await machinery.createBackend(request, (line) => environment.stderr.write(`${line}\n`));
    const kind = { checkDeterminism, secondRuns };
    const runner = new PlanRunner({ request, backend, ...kind, pinned, environment, machinery });
    const outcome = await new Runner(command, runner).run(requests.seeds);
    if (outcome === 'interrupted' || outcome === 'nondeterministic') return exitCodes[outcome];
    verdicts.push(outcome);
    if (outcome === 'violated' && !command.keepGoing) break;
  }
  return exitCodes[worstVerdict(verdicts)];
}

/** Is the process that makes the second runs of another. */
export async function secondRunsCommand({
  requests,
  environment,
  machinery,
  pinned,
}: RunCommand): Promise<ExitCode> {
  await serveSecondRuns(async (name) => {
    const request = requests.requests.find(({ scenario }) => scenario.name === name);
    if (request === undefined) throw new Error(`expected a scenario of the command, got ${name}`);
    const backend = await machinery.createBackend(request, () => undefined);
    return new PlanRunner({ request, backend, checkDeterminism: false, pinned, environment, machinery });
  });
  return exitCodes.satisfied;
}

/** Runs the seeds of one request. */
class Runner {
  readonly #command: RunCommand;
  readonly #runner: PlanRunner;
  readonly #followUp: FollowUp;

  constructor(command: RunCommand, runner: PlanRunner) {
    this.#command = command;
    this.#runner = runner;
    // Only where a report is kept that shows what shrinking made.
    const isReported = command.presentation.reportDirectory !== undefined;
    this.#followUp = new FollowUp(isReported ? command : { ...command, shrinkRunsMax: 0 }, runner);
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
    const { signal, stderr } = this.#command.environment;
    const display = createLineDisplay(stderr);
    const first = await unlessAborted(signal, () =>
      this.#runner.runSeed(seed, {
        stacks: this.#runner.request.backend === 'real',
        progress: (campaign) => display.show(formatCampaign(seed, campaign)),
      }),
    ).finally(() => display.end());
    const second =
      first === undefined || first.verdict === 'satisfied' ? undefined : await this.#runner.runAgain(first);
    const result = second ?? first;
    if (result === undefined || signal.aborted) {
      this.#tell('interrupted before the run ended');
      return 'interrupted';
    }
    await this.#followUp.keep(result);
    const understood = await this.#followUp.understand(result);
    await presentRun(this.#command, { result, budget: this.#runner.budget, ...understood });
    await this.#keepShrunk(understood.shrunk);
    if (!this.#isSameRun(first, second)) return 'nondeterministic';
    return signal.aborted ? this.#interruptedLate() : result.verdict;
  }

  async runSweep(seeds: SeedRange): Promise<Outcome> {
    const { environment, keepGoing } = this.#command;
    const { budget } = this.#runner;
    const known = await this.#followUp.rerunKept();
    if (known !== undefined) await presentRun(this.#command, { result: known, budget });
    if (known !== undefined && !keepGoing) {
      return environment.signal.aborted ? this.#interruptedLate() : 'violated';
    }
    const display = createProgressDisplay(environment.stderr);
    const result = await sweep({
      scenario: this.#runner.request.scenario.name,
      seeds,
      keepGoing,
      runSeed: (seed, progress) => this.#runner.runSeed(seed, { stacks: false, progress }),
      failed: (failure) => {
        display.end();
        return this.#keepFound(failure);
      },
      progress: (progress) => display.show(progress),
      signal: environment.signal,
      nowMs: () => environment.nowMs(),
    }).finally(() => display.end());
    const { firstFailure } = result;
    const second = firstFailure === undefined ? undefined : await this.#runner.runAgain(firstFailure);
    const shown = second ?? firstFailure;
    const understood = shown === undefined ? undefined : await this.#followUp.understand(shown);
    await presentSweep(this.#command, {
      result: shown === undefined ? result : { ...result, firstFailure: shown },
      budget,
      ...understood,
    });
    await this.#keepShrunk(understood?.shrunk);
    if (!this.#isSameRun(firstFailure, second)) return 'nondeterministic';
    if (result.interrupted) {
      this.#tell(`interrupted after ${result.seedsRun} of ${result.seedsPlanned} seeds`);
      return 'interrupted';
    }
    if (environment.signal.aborted) return this.#interruptedLate();
    const verdicts = result.failures.map((failure) => failure.verdict);
    return worstVerdict(known === undefined ? verdicts : [...verdicts, 'violated']);
  }

  /** So that whatever ends the sweep later, what it found is there: in the corpus and, where it runs on, on stderr. */
  async #keepFound(failure: RunResult): Promise<void> {
    if (this.#command.keepGoing) {
      const { verdict, plan, replay } = failure;
      this.#tell(`seed ${plan.seed} is ${verdict}: ${singleLine(firstMessage(failure))}; ${replay}`);
    }
    await this.#followUp.keep(failure);
  }

  async #keepShrunk(shrunk: ShrinkResult | undefined): Promise<void> {
    if (shrunk !== undefined) await this.#followUp.keep(shrunk.smallest);
  }

  #interruptedLate(): Outcome {
    interruptedLate(this.#command.environment);
    return 'interrupted';
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

  #tell(line: string): void {
    this.#command.environment.stderr.write(`sim: ${line}\n`);
  }
}
