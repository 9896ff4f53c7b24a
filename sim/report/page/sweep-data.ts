/** What the page of a sweep holds, as data: the failures by their kinds, and what the seeds that hold have in common. */
import type { LostSeed } from '../../explore/sweep-result.js';
import type { MarkCount } from '../../explore/marks.js';
import type { Verdict } from '../../run/run-result.js';

export interface SweepPage {
  readonly kind: 'sweep';
  readonly version: string;
  /** One for each scenario, in the order in which they ran. */
  readonly scenarios: readonly SweptScenario[];
}

export interface SweptScenario {
  readonly scenario: string;
  readonly verdict: Verdict;
  readonly seedsPlanned: number;
  readonly seedsRun: number;
  readonly wallTimeMs: number;
  /** The user, a failure or a time limit ended it before its last seed. */
  readonly endedEarly: boolean;
  /** Seeds in which faults let nothing succeed. */
  readonly blocked: number;
  readonly lost: readonly LostSeed[];
  /** The violations first. */
  readonly failures: readonly KindOfFailure[];
  readonly satisfied: number;
  /** Counts of the satisfied seeds. */
  readonly distributions: readonly Distribution[];
  /** The rarest first. */
  readonly marks: readonly MarkCount[];
}

/** Seeds that failed in one way. */
export interface KindOfFailure {
  /** Such as `check sum-conserved`. */
  readonly signature: string;
  readonly verdict: Exclude<Verdict, 'satisfied'>;
  /** Of its first seed, or of the smallest run. */
  readonly message: string;
  readonly seedCount: number;
  /** The first of them, ascending. */
  readonly seeds: readonly number[];
  /** The commands that replay the first of these. */
  readonly replays: readonly string[];
  /** The smallest run that fails in this way, if there is one. */
  readonly smallest?: {
    /** Such as `3 operations of 2 nodes, 1 fault, 1 member`. */
    readonly size: string;
    readonly replay: string;
    /** Its page, from the folder of this one. */
    readonly page?: string;
  };
}

/** How often something occurred, seed by seed. */
export interface Distribution {
  /** Such as `operations`. */
  readonly name: string;
  readonly values: readonly number[];
}
