/** The progress of a check, as data for a terminal. */
import type { SeedRecord } from '../explore/seed-record.js';
import type { CampaignProgress } from '../explore/explore-seed.js';
import type { ShrinkProgress } from '../explore/shrink/shrink.js';
import type { SweepProgress } from '../explore/sweep.js';
import type { RunResult } from '../run/run-result.js';
import type { RunProgress } from './run-progress.js';

export type CheckProgress =
  | ({ readonly kind: 'seeds' } & SweepProgress)
  /** A seed has run, or had run before an interruption; in the order of the seeds. */
  | { readonly kind: 'seed'; readonly record: SeedRecord }
  /** A single seed makes many runs. */
  | ({ readonly kind: 'campaign'; readonly seed: number } & CampaignProgress)
  /**
   * A run takes long: reported once in a thousand events from the 50,000th on, or from one minute on. The run does
   * not wait for what the listener returns.
   */
  | ({ readonly kind: 'run' } & RunProgress)
  /** A seed was not satisfied. */
  | { readonly kind: 'failed'; readonly result: RunResult }
  /** A failure of an earlier check still fails. */
  | { readonly kind: 'known'; readonly result: RunResult }
  | ({ readonly kind: 'shrinking' } & ShrinkProgress)
  /** So many futures were run. */
  | { readonly kind: 'explaining'; readonly runs: number }
  /** A failure was added to the corpus. */
  | { readonly kind: 'kept'; readonly file: string }
  /** One line for the user. */
  | { readonly kind: 'notice'; readonly text: string };

/** The check waits for the promise that it returns, unless a run is under way. */
export type ProgressListener = (progress: CheckProgress) => void | Promise<void>;
