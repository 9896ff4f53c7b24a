/**
 * A sweep: the seeds of a range, one after the other, until enough have failed, its time is over or all have run.
 * Invariant: its report about a seed depends only on that seed, and it keeps no whole run in memory.
 */
import type { RunResult } from '../run/run-result.js';
import type { CampaignProgress } from './explore-seed.js';
import { LostRunError } from './lost-run.js';
import type { RunRecord, SeedRecord, SeedRun } from './seed-record.js';
import type { SweepResult } from './sweep-result.js';
import { Tally, type FailureKind } from './tally.js';
import { unlessAborted } from './unless-aborted.js';

/** Consecutive seeds, both ends included. */
export interface SeedRange {
  readonly first: number;
  readonly last: number;
}

export interface SweepRequest {
  readonly scenario: string;
  readonly seeds: SeedRange;
  /** After so many violated seeds it ends; inconclusive ones never end it. */
  readonly bail: number;
  /** No seed begins at or after this time on the caller's clock. */
  readonly deadlineMs?: number | undefined;
  /** The first seeds of the range, which have run before. */
  readonly past?: PastSeeds | undefined;
  /**
   * Runs one seed; may reject when the signal is aborted.
   *
   * @param progress called after every run of a campaign
   */
  runSeed(seed: number, progress: (campaign: CampaignProgress) => void): Promise<SeedRun>;
  /** Called at once for every seed that was not satisfied; the next seed waits for it. */
  failed?(result: RunResult, record: RunRecord): Promise<void>;
  /** Called for every seed, also for one that has run before; the next seed waits for it. */
  seed?(record: SeedRecord): Promise<void> | void;
  /** Called after every seed, and after every run of a campaign. */
  progress?(progress: SweepProgress): void;
  readonly signal: AbortSignal;
  /** Milliseconds on the caller's clock. */
  nowMs(): number;
}

/** What an earlier process has run of a sweep. */
export interface PastSeeds {
  readonly records: readonly SeedRecord[];
  readonly elapsedMs: number;
}

/** The progress of a sweep. */
export interface SweepProgress {
  readonly scenario: string;
  readonly seedsRun: number;
  readonly seedsPlanned: number;
  /** How many of the seeds an earlier process has run; 0 by default. */
  readonly seedsBefore?: number;
  readonly failures: number;
  /** How many seeds failed in each way, by their signatures; absent where none did. */
  readonly kinds?: ReadonlyMap<string, number>;
  /** Since this process began with the seeds. */
  readonly elapsedMs: number;
  /** Until no further seed begins; absent without a time limit. */
  readonly leftMs?: number;
  /** The progress within a seed. */
  readonly campaign?: CampaignProgress & { readonly seed: number };
}

export interface Swept {
  readonly result: SweepResult;
  readonly kinds: readonly FailureKind[];
  /** The first seed that faults blocked. */
  readonly firstBlocked: number | undefined;
}

/** Runs the sweep. An aborted one resolves with its results so far; otherwise it rejects if a run rejects. */
export async function sweep(request: SweepRequest): Promise<Swept> {
  const { scenario, seeds, bail, past, deadlineMs, signal } = request;
  const startedMs = request.nowMs();
  const seedsPlanned = seeds.last - seeds.first + 1;
  const tally = new Tally({ scenario, seedsPlanned, bail });
  for (const record of past?.records ?? []) {
    if (tally.isOver) break;
    tally.add(record);
    await request.seed?.(record);
  }
  const seedsBefore = tally.seedsRun;
  const tell = (more: Pick<SweepProgress, 'campaign'> = {}) => {
    const nowMs = request.nowMs();
    request.progress?.({
      ...{ scenario, seedsRun: tally.seedsRun, seedsPlanned, failures: tally.failures },
      elapsedMs: nowMs - startedMs,
      ...(seedsBefore === 0 ? {} : { seedsBefore }),
      ...(tally.failures === 0 ? {} : { kinds: tally.kinds }),
      ...(deadlineMs === undefined ? {} : { leftMs: Math.max(0, deadlineMs - nowMs) }),
      ...more,
    });
  };
  let outOfTime = false;
  let seed = seeds.first + (past?.records.length ?? 0);
  for (; seed <= seeds.last && !signal.aborted && !tally.isOver; seed++) {
    if (deadlineMs !== undefined && request.nowMs() >= deadlineMs) {
      outOfTime = true;
      break;
    }
    const current = seed;
    const run = await unlessAborted(signal, () =>
      request
        .runSeed(current, (campaign) => tell({ campaign: { seed: current, ...campaign } }))
        .catch(orLost),
    );
    if (run === undefined) break;
    if (run instanceof LostRunError) {
      const record = { seed, lost: run.how };
      tally.add(record);
      await request.seed?.(record);
      continue;
    }
    const { record, result } = run;
    tally.add(record);
    if (record.finding !== undefined) {
      if (result === undefined) throw new Error(`expected the run of seed ${seed}, which failed`);
      await request.failed?.(result, record);
    }
    await request.seed?.(record);
    tell();
  }
  const wallTimeMs = (past?.elapsedMs ?? 0) + request.nowMs() - startedMs;
  return {
    result: tally.result({ wallTimeMs, interrupted: signal.aborted, outOfTime }),
    kinds: tally.failureKinds(),
    firstBlocked: tally.firstBlocked,
  };
}

function orLost(error: unknown): LostRunError {
  if (error instanceof LostRunError) return error;
  throw error;
}
