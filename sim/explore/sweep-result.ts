/** The result of a sweep, as data: how many seeds ran, which of them failed and how. Reporters format it. */
import type { RunResult } from '../run/run-result.js';
import type { MarkCount } from './marks.js';
import type { SeedFinding } from './seed-record.js';

/** One seed that was not satisfied. */
export interface SweepFailure extends SeedFinding {
  readonly seed: number;
}

/** A seed whose process has ended. */
export interface LostSeed {
  readonly seed: number;
  /** How the process ended, such as `exit code 70`. */
  readonly how: string;
}

export interface SweepResult {
  readonly scenario: string;
  /** How many seeds were requested. */
  readonly seedsPlanned: number;
  /** How many have run. */
  readonly seedsRun: number;
  /** In the order they ran. */
  readonly failures: readonly SweepFailure[];
  /** Seeds in which faults let nothing succeed; they are failures if they are more than half of the sweep. */
  readonly blocked: number;
  /** Seeds with an unknown result, because the processes that ran them have ended. */
  readonly lost: readonly LostSeed[];
  /** The counters of all runs, added up. */
  readonly counters: Readonly<Record<string, number>>;
  /** Which rare situations were reached, the rarest first. */
  readonly marks: readonly MarkCount[];
  readonly wallTimeMs: number;
  /** True if the user ended it. */
  readonly interrupted: boolean;
  /** True if its time limit ended it: the seeds that have not run say nothing. */
  readonly outOfTime: boolean;
  /**
   * The whole result of the first seed that failed; a violation takes precedence over an inconclusive run.
   */
  readonly firstFailure?: RunResult;
  /** What shrinking made of it: the smallest run that fails in the same way. Its command replays its own repro. */
  readonly shrunk?: RunResult;
}
