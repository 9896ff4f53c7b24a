/**
 * What a sweep keeps of each seed: all that its counts, its list of failures and its verdict need. Invariant: it is
 * plain JSON of a size that does not depend on the run, and it depends on the seed alone.
 */
import { firstMessage } from '../run/first-finding.js';
import type { RunResult, Verdict } from '../run/run-result.js';
import { failureKindOf, type Signature } from '../run/signature.js';
import { marksOf } from './marks.js';

/** The finding about a seed that was not satisfied. */
export interface SeedFinding {
  readonly verdict: Exclude<Verdict, 'satisfied'>;
  /** What kind of failure it is, such as `check sum-conserved` or `inconclusive budget`. */
  readonly signature: Signature;
  /** The first finding, as one sentence. */
  readonly message: string;
  /** The shell command that runs this seed again. */
  readonly replay: string;
}

/** A seed that has run. */
export interface RunRecord {
  readonly seed: number;
  /** Absent where it was satisfied. */
  readonly finding?: SeedFinding;
  /** Faults let nothing succeed: it says nothing about the code. */
  readonly blocked?: true;
  readonly counters: Readonly<Record<string, number>>;
  /** How many operations began. */
  readonly operations?: number;
  /** How many faults hit something. */
  readonly faults?: number;
  /** The marks that it reached. */
  readonly reached: readonly string[];
  /** The marks that it could have reached. */
  readonly missed: readonly string[];
}

/** A seed that has run, with its run. */
export interface SeedRun {
  readonly record: RunRecord;
  /** Absent where it was satisfied in another process: its record says all that a sweep needs. */
  readonly result?: RunResult | undefined;
}

/** A seed whose process has ended: its result is unknown. */
export interface LostRecord {
  readonly seed: number;
  /** How the process ended, such as `exit code 70`. */
  readonly lost: string;
}

export type SeedRecord = RunRecord | LostRecord;

export function isLost(record: SeedRecord): record is LostRecord {
  return 'lost' in record;
}

export function recordOf(result: RunResult): RunRecord {
  const { plan, verdict, replay, counters } = result;
  const marks = [...marksOf(result)];
  const names = (reached: boolean) =>
    marks.filter(([, isReached]) => isReached === reached).map(([mark]) => mark);
  return {
    seed: plan.seed,
    ...(verdict === 'satisfied'
      ? {}
      : { finding: { verdict, signature: failureKindOf(result), message: firstMessage(result), replay } }),
    ...(isBlocked(result) ? { blocked: true } : {}),
    counters,
    operations: result.operations.length,
    faults: result.faults.filter(({ hits }) => hits > 0).length,
    reached: names(true),
    missed: names(false),
  };
}

/** A seed with its run. */
export function seedRunOf(result: RunResult): SeedRun {
  return { record: recordOf(result), result };
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
