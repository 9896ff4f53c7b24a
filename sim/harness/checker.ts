/**
 * Runs one seed or a range of seeds, and analyses the failures. Invariant: a reported failure was run a second time,
 * with stacks, and had the same trace; the findings before an interruption are in the result.
 */
import { sweep } from '../explore/sweep.js';
import type { SweepResult } from '../explore/sweep-result.js';
import { unlessAborted } from '../explore/unless-aborted.js';
import type { Plan } from '../plan/plan.js';
import type { RunResult, Verdict } from '../run/run-result.js';
import { signaturesOf } from '../run/signature.js';
import { FailureAnalyst, type Analysis, type AnalysisOptions } from './failure-analysis.js';
import { PlanRunner, type PlanRunnerOptions } from './plan-runner.js';
import { withRunProgress } from './run-progress.js';
import { NondeterminismError } from './run-twice.js';

export interface CheckerOptions extends PlanRunnerOptions, AnalysisOptions {
  /** Whether to run on after a violation. */
  readonly keepGoing: boolean;
  /** How many different failures of a sweep are shrunk and explained. */
  readonly analysesMax: number;
  /** The shell command that replays a file. */
  replayOfFile(file: string): string;
  /** Runs the seeds of a sweep elsewhere; this process does by default. */
  readonly seedRuns?: SeedRuns | undefined;
  /** Milliseconds on a monotonic clock, for wall times. */
  nowMs(): number;
}

/** Runs seeds, without stacks, in other processes. */
export interface SeedRuns {
  /** The seeds of a sweep are asked for in their order. Rejects with a LostRunError where the process has ended. */
  run(seed: number): Promise<RunResult>;
  /** Whether nodes of any run have printed something that was not shown. */
  readonly hasMuted: boolean;
}

/** Consecutive seeds, both ends included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

/** How it went. */
export type CheckOutcome =
  | Verdict
  | 'interrupted'
  | 'nondeterministic'
  /** Of some seeds nothing is known, because their processes have ended; the others hold. */
  | 'lost';

/** A failure, and what is known about it. */
export interface Failure extends Analysis {
  /** What kind of failure it is, such as `check sum-conserved` or `inconclusive budget`. */
  readonly signature: string;
  /** Every seed that failed in this way, ascending. */
  readonly seeds: readonly number[];
  /** The run of the first of them. */
  readonly result: RunResult;
}

/** One seed. */
export interface SeedOutcome extends Analysis {
  readonly outcome: CheckOutcome;
  /** Undefined where it was interrupted before it ended. */
  readonly result?: RunResult | undefined;
  /** In which way two runs of a seed differ; empty where they do not. */
  readonly differences: readonly string[];
}

/** A range of seeds. */
export interface SeedsOutcome {
  readonly outcome: CheckOutcome;
  /** Undefined where a failure of an earlier check ended it before the first seed. */
  readonly sweep?: SweepResult | undefined;
  /** One for each kind of failure, violations first, then in the order of their first seeds. */
  readonly failures: readonly Failure[];
  /** Of an earlier check, where it fails still. */
  readonly known?: RunResult | undefined;
  readonly differences: readonly string[];
}

export class Checker {
  readonly #options: CheckerOptions;
  readonly #runner: PlanRunner;
  readonly #analyst: FailureAnalyst;
  /** The run to repeat aloud at the end, if nodes have printed something. */
  #told: Plan | undefined;

  constructor(options: CheckerOptions) {
    this.#options = options;
    const { heartbeat, nowMs, onProgress } = options;
    const told =
      onProgress &&
      withRunProgress(heartbeat, nowMs, (progress) => void onProgress({ kind: 'run', ...progress }));
    this.#runner = new PlanRunner({ ...options, heartbeat: told ?? heartbeat });
    this.#analyst = new FailureAnalyst(options, this.#runner);
  }

  /**
   * After {@link checkSeeds}, with runners that mute: where nodes have printed something, makes the run that the story
   * shows, or the one of the first seed, once more and aloud.
   */
  async tellOutput(): Promise<void> {
    const plan = this.#told;
    const hasMuted = this.#runner.hasMuted || this.#options.seedRuns?.hasMuted === true;
    if (plan === undefined || !hasMuted) return;
    await unlessAborted(this.#options.signal, () =>
      this.#runner.runPlan(plan, { stacks: true, aloud: true }),
    );
  }

  /** Runs without stacks, which cost up to half of the time, and again with them where there is a failure to show. */
  async checkSeed(seed: number): Promise<SeedOutcome> {
    const { signal, onProgress } = this.#options;
    try {
      const first = await unlessAborted(signal, () =>
        this.#runner.runSeed(seed, {
          stacks: this.#runner.backend === 'real',
          aloud: true,
          progress: (campaign) => void onProgress?.({ kind: 'campaign', seed, ...campaign }),
        }),
      );
      const second =
        first === undefined || first.verdict === 'satisfied' ? undefined : await this.#runner.runAgain(first);
      const result = second ?? first;
      if (result === undefined || signal.aborted) return { outcome: 'interrupted', differences: [] };
      await this.#analyst.keep(result);
      const analysis = await this.#analyst.analyse(result);
      await this.#keepShrunk(analysis);
      const differences = differencesOf(first, second);
      const outcome =
        differences.length > 0 ? 'nondeterministic' : signal.aborted ? 'interrupted' : result.verdict;
      return { outcome, result, differences, ...analysis };
    } catch (error) {
      if (!(error instanceof NondeterminismError)) throw error;
      return { outcome: 'nondeterministic', differences: error.lines };
    }
  }

  /** Runs what failed before, then the seeds. */
  async checkSeeds(seeds: SeedRange): Promise<SeedsOutcome> {
    try {
      return await this.#checkSeeds(seeds);
    } catch (error) {
      if (!(error instanceof NondeterminismError)) throw error;
      return { outcome: 'nondeterministic', failures: [], differences: error.lines };
    }
  }

  async #checkSeeds(seeds: SeedRange): Promise<SeedsOutcome> {
    const { signal, keepGoing, onProgress, nowMs, replayOfFile } = this.#options;
    const known = await this.#analyst.rerunKept(replayOfFile);
    if (known !== undefined) {
      this.#told = known.plan;
      await onProgress?.({ kind: 'known', result: known });
      if (!keepGoing) {
        return { outcome: signal.aborted ? 'interrupted' : 'violated', failures: [], known, differences: [] };
      }
    }
    const kinds = new Map<string, { readonly result: RunResult; readonly seeds: number[] }>();
    const swept = await sweep({
      scenario: this.#runner.parameters.scenario.name,
      seeds,
      keepGoing,
      runSeed: async (seed, progress) => {
        const result = await (this.#options.seedRuns?.run(seed) ??
          this.#runner.runSeed(seed, { stacks: false, progress }));
        this.#told ??= result.plan;
        return result;
      },
      failed: async (failure) => {
        const signature = signaturesOf(failure)[0] ?? doubtOf(failure);
        const kind = kinds.get(signature);
        if (kind === undefined) kinds.set(signature, { result: failure, seeds: [failure.plan.seed] });
        else kind.seeds.push(failure.plan.seed);
        await onProgress?.({ kind: 'failed', result: failure });
        await this.#analyst.keep(failure);
      },
      progress: (progress) => void onProgress?.({ kind: 'seeds', ...progress }),
      signal,
      nowMs,
    });
    const failures: Failure[] = [];
    const differences: string[] = [];
    for (const [signature, kind] of violationsFirst(kinds)) {
      const isAnalysed = failures.length < this.#options.analysesMax;
      const second = isAnalysed ? await this.#runner.runAgain(kind.result) : undefined;
      const result = second ?? kind.result;
      const analysis = isAnalysed ? await this.#analyst.analyse(result) : {};
      await this.#keepShrunk(analysis);
      differences.push(...differencesOf(kind.result, second));
      failures.push({ signature, seeds: kind.seeds, result, ...analysis });
    }
    const [first] = failures;
    if (first !== undefined) this.#told = (first.shrunk?.smallest ?? first.result).plan;
    return {
      outcome: this.#outcomeOf(swept, known, differences),
      sweep: first === undefined ? swept : { ...swept, firstFailure: first.result },
      failures,
      ...(known === undefined ? {} : { known }),
      differences,
    };
  }

  #outcomeOf(swept: SweepResult, known: RunResult | undefined, differences: readonly string[]): CheckOutcome {
    if (differences.length > 0) return 'nondeterministic';
    if (swept.interrupted || this.#options.signal.aborted) return 'interrupted';
    const verdicts = new Set<Verdict>(swept.failures.map(({ verdict }) => verdict));
    if (known !== undefined || verdicts.has('violated')) return 'violated';
    if (swept.lost.length > 0) return 'lost';
    return verdicts.has('inconclusive') ? 'inconclusive' : 'satisfied';
  }

  async #keepShrunk({ shrunk }: Analysis): Promise<void> {
    if (shrunk !== undefined) await this.#analyst.keep(shrunk.smallest);
  }
}

/** Such as `inconclusive nothing-succeeded`. */
function doubtOf({ problems, checks, verdict }: RunResult): string {
  const open = checks.find((check) => check.verdict === 'inconclusive');
  return `${verdict} ${problems[0]?.kind ?? (open === undefined ? '' : `check ${open.check}`)}`;
}

function violationsFirst<K extends { readonly result: RunResult }>(
  kinds: ReadonlyMap<string, K>,
): (readonly [string, K])[] {
  const isViolation = ([, { result }]: readonly [string, K]) => result.verdict === 'violated';
  const all = [...kinds];
  return [...all.filter(isViolation), ...all.filter((kind) => !isViolation(kind))];
}

/** In which way two runs of one seed are not one run, as far as both have a trace. */
function differencesOf(first: RunResult | undefined, second: RunResult | undefined): string[] {
  if (first?.trace === undefined || second?.trace === undefined) return [];
  if (first.trace.hash === second.trace.hash) return [];
  const { scenario, seed } = first.plan;
  return [
    `seed ${seed} of ${scenario} gave two different runs, trace ${first.trace.hash} and ${second.trace.hash}`,
  ];
}
