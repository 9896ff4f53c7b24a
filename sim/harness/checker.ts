/**
 * Runs one seed or a range of seeds, and analyses the failures. Invariant: a reported failure was run a second time,
 * with stacks, and had the same trace; the findings before an interruption are in the result.
 */
import type { CampaignProgress } from '../explore/explore-seed.js';
import {
  recordOf,
  seedRunOf,
  type RunRecord,
  type SeedRecord,
  type SeedRun,
} from '../explore/seed-record.js';
import { sweep, type PastSeeds, type SeedRange } from '../explore/sweep.js';
import type { SweepResult } from '../explore/sweep-result.js';
import { unlessAborted } from '../explore/unless-aborted.js';
import type { Plan } from '../plan/plan.js';
import type { RunResult, Verdict } from '../run/run-result.js';
import { FailureAnalyst, type Analysis, type AnalysisOptions } from './failure-analysis.js';
import { PlanRunner, type PlanRunnerOptions } from './plan-runner.js';
import { withRunProgress } from './run-progress.js';
import { NondeterminismError } from './run-twice.js';

export interface CheckerOptions extends PlanRunnerOptions, AnalysisOptions {
  /** After so many violated seeds a sweep ends; Infinity for never. */
  readonly bail: number;
  /** For how long seeds begin, in milliseconds; without end by default. */
  readonly timeLimitMs?: number | undefined;
  /** Whether it is one of several parts of a sweep; false by default. */
  readonly isPart?: boolean | undefined;
  /** Writes down what a sweep has done, so that another process can continue it. */
  readonly journal?: SweepJournal | undefined;
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
  /**
   * The seeds of a sweep are asked for in their order. The first one comes with its run, and so does each that was not
   * satisfied. Rejects with a LostRunError where the process has ended.
   */
  run(seed: number): Promise<SeedRun>;
  /** Whether nodes of any run have printed something that was not shown. */
  readonly hasMuted: boolean;
}

/** Where a sweep writes down what it has done. Invariant: a call returns once its line is written. */
export interface SweepJournal {
  /** What an earlier process has written; undefined where this one begins. */
  readonly past: PastSweep | undefined;
  /** The kept failures were run again, and this one still fails. */
  known(result: RunResult | undefined): void;
  /** The next seed has run. @param result its run, if the report may need it */
  seed(run: JournaledSeed): void;
}

export interface JournaledSeed {
  readonly record: SeedRecord;
  readonly result: RunResult | undefined;
  /** Since the sweep began, over all processes. */
  readonly elapsedMs: number;
}

/** What an earlier process has done of a sweep. */
export interface PastSweep extends PastSeeds {
  /** The kept failure that still failed; undefined where that was not known yet. */
  readonly known: { readonly result: RunResult | undefined } | undefined;
  /** The runs that the report may need. */
  readonly results: readonly RunResult[];
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
  /** Of a part in which nothing failed: the first run that faults blocked, as all parts may have too many of them. */
  readonly firstBlocked?: RunResult | undefined;
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
    const { signal, bail, timeLimitMs, journal, onProgress, nowMs } = this.#options;
    const past = journal?.past;
    const beganMs = nowMs() - (past?.elapsedMs ?? 0);
    const known = await this.#rerunKept(past);
    if (known !== undefined) {
      this.#told = known.plan;
      await onProgress?.({ kind: 'known', result: known });
      if (bail <= 1) {
        return { outcome: signal.aborted ? 'interrupted' : 'violated', failures: [], known, differences: [] };
      }
    }
    const firsts = new FirstResults(past?.results ?? []);
    let isPast = true;
    let latest: RunResult | undefined;
    const {
      result: swept,
      kinds,
      firstBlocked,
    } = await sweep({
      scenario: this.#runner.parameters.scenario.name,
      seeds,
      bail,
      deadlineMs: timeLimitMs === undefined ? undefined : nowMs() + timeLimitMs,
      past,
      runSeed: async (seed, progress) => {
        isPast = false;
        const run = await (this.#options.seedRuns?.run(seed) ?? this.#runHere(seed, progress));
        this.#told ??= run.result?.plan;
        return run;
      },
      failed: async (failure, record) => {
        latest = firsts.keep(failure, record);
        if (record.blocked === true) return;
        await onProgress?.({ kind: 'failed', result: failure });
        await this.#analyst.keep(failure);
      },
      seed: async (record) => {
        if (!isPast) journal?.seed({ record, result: latest, elapsedMs: Math.round(nowMs() - beganMs) });
        latest = undefined;
        await onProgress?.({ kind: 'seed', record });
      },
      progress: (progress) => void onProgress?.({ kind: 'seeds', ...progress }),
      signal,
      nowMs,
    });
    const failures: Failure[] = [];
    const differences: string[] = [];
    for (const { first, seeds: failed } of kinds) {
      const found = firsts.of(first.seed);
      const isAnalysed = failures.length < this.#options.analysesMax;
      const second = isAnalysed ? await this.#runner.runAgain(found) : undefined;
      const result = second ?? found;
      const analysis = isAnalysed ? await this.#analyst.analyse(result) : {};
      await this.#keepShrunk(analysis);
      differences.push(...differencesOf(found, second));
      failures.push({ signature: first.signature, seeds: failed, result, ...analysis });
    }
    const [first] = failures;
    const isBlocked = this.#options.isPart === true && first === undefined && firstBlocked !== undefined;
    const blocked = isBlocked ? firsts.of(firstBlocked) : undefined;
    if (first !== undefined) this.#told = (first.shrunk?.smallest ?? first.result).plan;
    return {
      outcome: this.#outcomeOf(swept, known, differences),
      sweep: first === undefined ? swept : { ...swept, firstFailure: first.result },
      failures,
      ...(known === undefined ? {} : { known }),
      ...(blocked === undefined ? {} : { firstBlocked: (await this.#runner.runAgain(blocked)) ?? blocked }),
      differences,
    };
  }

  async #runHere(seed: number, progress: (campaign: CampaignProgress) => void): Promise<SeedRun> {
    return seedRunOf(await this.#runner.runSeed(seed, { stacks: false, progress }));
  }

  /** The kept failure that still fails; an earlier process may have looked. */
  async #rerunKept(past: PastSweep | undefined): Promise<RunResult | undefined> {
    if (past?.known !== undefined) return past.known.result;
    const { signal, journal, replayOfFile } = this.#options;
    const known = await this.#analyst.rerunKept(replayOfFile);
    if (!signal.aborted) journal?.known(known);
    return known;
  }

  #outcomeOf(swept: SweepResult, known: RunResult | undefined, differences: readonly string[]): CheckOutcome {
    if (differences.length > 0) return 'nondeterministic';
    if (swept.interrupted || this.#options.signal.aborted) return 'interrupted';
    return outcomeOf(swept, known);
  }

  async #keepShrunk({ shrunk }: Analysis): Promise<void> {
    if (shrunk !== undefined) await this.#analyst.keep(shrunk.smallest);
  }
}

/** How a sweep went that was not interrupted. @param known a failure of an earlier check that fails still */
export function outcomeOf(swept: SweepResult, known: RunResult | undefined): Verdict | 'lost' {
  const verdicts = new Set<Verdict>(swept.failures.map(({ verdict }) => verdict));
  if (known !== undefined || verdicts.has('violated')) return 'violated';
  if (swept.lost.length > 0) return 'lost';
  // Where nothing ran, nothing was shown.
  return verdicts.has('inconclusive') || swept.seedsRun === 0 ? 'inconclusive' : 'satisfied';
}

/** The first run of each kind of failure. */
class FirstResults {
  readonly #bySeed: Map<number, RunResult>;
  readonly #kinds: Set<string>;

  /** @param past those that an earlier process has kept */
  constructor(past: readonly RunResult[]) {
    this.#bySeed = new Map(past.map((result) => [result.plan.seed, result]));
    this.#kinds = new Set(past.map((result) => kindOf(recordOf(result))));
  }

  /** The result, if it is the first of its kind. */
  keep(result: RunResult, record: RunRecord): RunResult | undefined {
    const kind = kindOf(record);
    if (this.#kinds.has(kind)) return undefined;
    this.#kinds.add(kind);
    this.#bySeed.set(record.seed, result);
    return result;
  }

  of(seed: number): RunResult {
    const result = this.#bySeed.get(seed);
    if (result === undefined) throw new Error(`seed ${seed} failed, and its run is not known`);
    return result;
  }
}

/** Runs that faults blocked are no failures unless they are too many, so that they are a kind of their own. */
function kindOf({ finding, blocked }: RunRecord): string {
  return `${blocked === true ? 'blocked' : 'failed'} ${finding?.signature ?? ''}`;
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
