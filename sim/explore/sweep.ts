/**
 * A sweep: the seeds of a range, one after the other, until one fails or all have run. Invariant: its report
 * about a seed depends only on that seed, and it keeps at most one whole run in memory.
 */
import { firstMessage } from '../run/first-finding.js';
import type { RunResult } from '../run/run-result.js';
import type { CampaignProgress } from './explore-seed.js';
import { MarkCounter } from './marks.js';
import { LostRunError } from './lost-run.js';
import { unlessAborted } from './unless-aborted.js';
import type { LostSeed, SweepFailure, SweepResult } from './sweep-result.js';

export interface SweepRequest {
  readonly scenario: string;
  /** Both ends included. */
  readonly seeds: { readonly first: number; readonly last: number };
  /** Whether to continue after a violated seed; inconclusive ones never end a sweep. */
  readonly keepGoing: boolean;
  /**
   * Runs one seed; may reject when the signal is aborted.
   *
   * @param progress called after every run of a campaign
   */
  runSeed(seed: number, progress: (campaign: CampaignProgress) => void): Promise<RunResult>;
  /** Called at once for every seed that was not satisfied; the next seed waits for it. */
  failed?(result: RunResult): Promise<void>;
  /** Called after every seed, and after every run of a campaign. */
  progress?(progress: SweepProgress): void;
  readonly signal: AbortSignal;
  /** Milliseconds on the caller's clock. */
  nowMs(): number;
}

/** The progress of a sweep. */
export interface SweepProgress {
  readonly scenario: string;
  readonly seedsRun: number;
  readonly seedsPlanned: number;
  readonly failures: number;
  readonly elapsedMs: number;
  /** The progress within a seed. */
  readonly campaign?: CampaignProgress & { readonly seed: number };
}

/** If more than this share of a sweep is blocked, the sweep is inconclusive: it has shown too little. */
const BLOCKED_MAX = 0.5;

/** Runs the sweep. An aborted one resolves with its results so far; otherwise it rejects if a run rejects. */
export async function sweep(request: SweepRequest): Promise<SweepResult> {
  const { scenario, seeds, signal } = request;
  const startedMs = request.nowMs();
  const seedsPlanned = seeds.last - seeds.first + 1;
  const failures: SweepFailure[] = [];
  const counters: Record<string, number> = {};
  const marks = new MarkCounter();
  const lost: LostSeed[] = [];
  const blocked: SweepFailure[] = [];
  let firstBlocked: RunResult | undefined;
  let firstFailure: RunResult | undefined;
  let seedsRun = 0;
  for (let seed = seeds.first; seed <= seeds.last && !signal.aborted; seed++) {
    const tell = (more: Pick<SweepProgress, 'campaign'> = {}) => {
      const elapsedMs = request.nowMs() - startedMs;
      request.progress?.({ scenario, seedsRun, seedsPlanned, failures: failures.length, elapsedMs, ...more });
    };
    const result = await unlessAborted(signal, () =>
      request.runSeed(seed, (campaign) => tell({ campaign: { seed, ...campaign } })).catch(orLost),
    );
    if (result === undefined) break;
    if (result instanceof LostRunError) {
      lost.push({ seed, how: result.how });
      continue;
    }
    seedsRun++;
    marks.add(result);
    for (const [name, count] of Object.entries(result.counters))
      counters[name] = (counters[name] ?? 0) + count;
    if (isBlocked(result)) {
      blocked.push(failureOf(result));
      firstBlocked ??= result;
    } else if (result.verdict !== 'satisfied') {
      failures.push(failureOf(result));
      if (firstFailure === undefined || outweighs(result, firstFailure)) firstFailure = result;
      await request.failed?.(result);
    }
    tell();
    if (result.verdict === 'violated' && !request.keepGoing) break;
  }
  if (firstBlocked !== undefined && blocked.length > seedsRun * BLOCKED_MAX) {
    failures.push(...blocked.splice(0));
    failures.sort((left, right) => left.seed - right.seed);
    firstFailure ??= firstBlocked;
    await request.failed?.(firstBlocked);
  }
  return {
    scenario,
    seedsPlanned,
    seedsRun,
    failures,
    blocked: blocked.length,
    lost,
    counters,
    marks: marks.counts,
    wallTimeMs: request.nowMs() - startedMs,
    interrupted: signal.aborted,
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

/** Faults let nothing succeed: the run says nothing about the code, but other runs of the sweep do. */
function isBlocked({ verdict, problems, checks, faults }: RunResult): boolean {
  return (
    verdict === 'inconclusive' &&
    problems.every(({ kind }) => kind === 'nothing-succeeded') &&
    checks.every((check) => check.verdict === 'satisfied') &&
    faults.some(({ hits }) => hits > 0)
  );
}

function orLost(error: unknown): LostRunError {
  if (error instanceof LostRunError) return error;
  throw error;
}

function failureOf(result: RunResult): SweepFailure {
  const { plan, verdict, replay } = result;
  if (verdict === 'satisfied') throw new TypeError(`seed ${plan.seed} is satisfied`);
  return { seed: plan.seed, verdict, message: firstMessage(result), replay };
}

function outweighs(result: RunResult, other: RunResult): boolean {
  return result.verdict === 'violated' && other.verdict !== 'violated';
}
