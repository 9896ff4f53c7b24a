/**
 * What a reporter is: it hears how a command goes and says it in its own way. Invariant: reporters only read; a reporter
 * never changes what another one says, nor how the command ends.
 */
import type { SeedRecord } from '../explore/seed-record.js';
import type { ShrinkResult } from '../explore/shrink/shrink.js';
import type { SeedRange } from '../explore/sweep.js';
import type { SweepResult } from '../explore/sweep-result.js';
import type { Explanation } from '../run/explanation.js';
import type { RunResult, Verdict } from '../run/run-result.js';

/** A kind of failure. */
export interface ReportedKind {
  /** Such as `check sum-conserved`. */
  readonly signature: string;
  /** Every seed that failed in this way, ascending. */
  readonly seeds: readonly number[];
  /** The run of the first of them. */
  readonly result: RunResult;
  readonly shrunk?: ShrinkResult | undefined;
  /** Why it fails; of the shrunk run where there is one. */
  readonly explanation?: Explanation | undefined;
}

/** How one scenario went: one seed has a `run`, a sweep has a `sweep`. */
export interface ScenarioReport {
  readonly scenario: string;
  readonly seeds: SeedRange;
  readonly outcome: Verdict | 'interrupted' | 'nondeterministic' | 'lost';
  /** The run, with its explanation; absent if it was interrupted. */
  readonly run?: RunResult | undefined;
  /** Absent if a known failure ended the command before the first seed. */
  readonly sweep?: SweepResult | undefined;
  /** A failure of an earlier command that fails still. */
  readonly known?: RunResult | undefined;
  /** The analysed failures, the one to read first. */
  readonly failures: readonly ReportedKind[];
  /** The first run that faults blocked, in a part of a sweep in which nothing else failed. */
  readonly firstBlocked?: RunResult | undefined;
  /** How two runs of one seed differ. */
  readonly differences: readonly string[];
  /** Where the check of a kind of failure is written, by its signature; without those that are not known. */
  readonly sources?: Readonly<Record<string, SourceLine>> | undefined;
}

/** A line of code, counted from 1. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
}

export interface Reporter {
  /** A scenario begins. */
  begin?(scenario: string, seeds: SeedRange): void | Promise<void>;
  /** A seed of a sweep has run. In the order of the seeds. */
  seed?(record: SeedRecord): void | Promise<void>;
  /** A scenario has ended. */
  scenario?(report: ScenarioReport): void | Promise<void>;
  /** The command ends. */
  end?(): void | Promise<void>;
}

/** What a reporter may use. */
export interface ReporterHost {
  /** Writes to the file of the reporter, or to stdout. */
  write(text: string): void;
  /** Adds to the end of a file. */
  append(file: string, text: string): Promise<void>;
  /** Whether it has a file of its own. */
  readonly hasFile: boolean;
  /** Writes one line to stderr. */
  tell(line: string): void;
  readonly color: boolean;
  /** Characters in a line of text. */
  readonly width: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly cwd: string;
}

/** The default export of a reporter of your own. */
export type CreateReporter = (host: ReporterHost) => Reporter | Promise<Reporter>;
