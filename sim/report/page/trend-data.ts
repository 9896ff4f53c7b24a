/** What the page of a trend holds, as data: the sweeps of a project, commit by commit. */
import type { Verdict } from '../../run/run-result.js';

export interface TrendPage {
  readonly kind: 'trend';
  readonly version: string;
  readonly trend: Trend;
}

export interface Trend {
  /** In the order in which their first sweeps began. */
  readonly commits: readonly TrendCommit[];
  /** Those that the newest sweep has seen first. */
  readonly failures: readonly TrendFailure[];
  /** The rarest in the newest sweep first. */
  readonly marks: readonly TrendMark[];
}

/** All sweeps of one commit. */
export interface TrendCommit {
  readonly commit: string;
  /** When its first sweep began, such as `2026-11-29T02:00:00.000Z`. */
  readonly startedAt: string;
  readonly seedsRun: number;
  /** Seeds that failed. */
  readonly seedsFailed: number;
  /** In how many ways they failed. */
  readonly kinds: number;
  /** Seeds whose process ended. */
  readonly seedsLost: number;
  /** How many parts of its sweeps have no blob. */
  readonly partsMissing: number;
}

/** Of how many seeds, how many. */
export interface Share {
  readonly seeds: number;
  readonly of: number;
}

/**
 * What became of a failure: `new` or `back` in the newest sweep of its scenario, `open` where earlier sweeps had it too,
 * `gone` where so many seeds ran without it that luck is no explanation, otherwise `not seen`.
 */
export const trendStates = ['new', 'back', 'open', 'not seen', 'gone'] as const;
export type TrendState = (typeof trendStates)[number];

/** A kind of failure of a scenario. */
export interface TrendFailure {
  readonly scenario: string;
  /** Such as `check sum-conserved`. */
  readonly signature: string;
  readonly verdict: Exclude<Verdict, 'satisfied'>;
  readonly state: TrendState;
  /** One for each commit; null where the scenario did not run. */
  readonly shares: readonly (Share | null)[];
  /** How many seeds of the scenario ran after the last commit that has it. */
  readonly seedsSince: number;
  /** Of the newest seed that failed so. */
  readonly message: string;
  /** The command that replays that seed. */
  readonly replay: string;
}

/** A mark of a scenario. */
export interface TrendMark {
  readonly scenario: string;
  readonly mark: string;
  /** Reached before, and by no seed of the newest sweep of its scenario. */
  readonly isLost: boolean;
  /** One for each commit, of the seeds that could reach it; null where none could. */
  readonly shares: readonly (Share | null)[];
}
