/**
 * A sweep: the seeds of a range, one after the other, until one fails or all have run. Invariant: what it reports
 * of a seed depends on that seed alone, and it keeps no more than one whole run in memory.
 */
import { firstMessage } from '../run/first-finding.js';
import type { RunResult } from '../run/run-result.js';
import type { CampaignProgress } from './explore-seed.js';
import { MarkCounter } from './marks.js';
import { unlessAborted } from './unless-aborted.js';
import type { SweepFailure, SweepResult } from './sweep-result.js';

export interface SweepRequest {
  readonly scenario: string;
  /** Both ends included. */
  readonly seeds: { readonly first: number; readonly last: number };
  /** Whether to run on after a seed that was violated; inconclusive ones never end a sweep. */
  readonly keepGoing: boolean;
  /**
   * Runs one seed; may reject when the signal is aborted.
   *
   * @param progress told after every run of a campaign
   */
  runSeed(seed: number, progress: (campaign: CampaignProgress) => void): Promise<RunResult>;
  /** Told at once of every seed that was not satisfied; the next one waits for it. */
  failed?(result: RunResult): Promise<void>;
  /** Told after every seed, and after every run of a campaign. */
  progress?(progress: SweepProgress): void;
  readonly signal: AbortSignal;
  /** Milliseconds on a clock of the caller's. */
  nowMs(): number;
}

/** How far a sweep is. */
export interface SweepProgress {
  readonly scenario: string;
  readonly seedsRun: number;
  readonly seedsPlanned: number;
  readonly failures: number;
  readonly elapsedMs: number;
  /** What it is at within a seed. */
  readonly campaign?: CampaignProgress & { readonly seed: number };
}

/** Above this share of a sweep, seeds that are blocked leave the sweep inconclusive: it has shown too little. */
const BLOCKED_MAX = 0.5;

/** Runs the sweep. An aborted one resolves with what it has; it rejects where a run rejects for another reason. */
export async function sweep(request: SweepRequest): Promise<SweepResult> {
  const { scenario, seeds, signal } = request;
  const startedMs = request.nowMs();
  const seedsPlanned = seeds.last - seeds.first + 1;
  const failures: SweepFailure[] = [];
  const counters: Record<string, number> = {};
  const marks = new MarkCounter();
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
      request.runSeed(seed, (campaign) => tell({ campaign: { seed, ...campaign } })),
    );
    if (result === undefined) break;
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
    counters,
    marks: marks.counts,
    wallTimeMs: request.nowMs() - startedMs,
    interrupted: signal.aborted,
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

/** Faults let nothing succeed: the run says nothing about the code, and others of the sweep do. */
function isBlocked({ verdict, problems, checks, faults }: RunResult): boolean {
  return (
    verdict === 'inconclusive' &&
    problems.every(({ kind }) => kind === 'nothing-succeeded') &&
    checks.every((check) => check.verdict === 'satisfied') &&
    faults.some(({ hits }) => hits > 0)
  );
}

function failureOf(result: RunResult): SweepFailure {
  const { plan, verdict, replay } = result;
  if (verdict === 'satisfied') throw new TypeError(`seed ${plan.seed} is satisfied`);
  return { seed: plan.seed, verdict, message: firstMessage(result), replay };
}

function outweighs(result: RunResult, other: RunResult): boolean {
  return result.verdict === 'violated' && other.verdict !== 'violated';
}
