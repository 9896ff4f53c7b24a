/** Shows and keeps results: the report on disk with its path on stderr, and then what the reporters say. */
import path from 'node:path';
import { EnvironmentError } from '../backend/environment-error.js';
import type { Budget } from '../engine/engine.js';
import type { Explanation } from '../run/explanation.js';
import { describeSize } from '../plan/plan.js';
import type { ShrinkResult } from '../explore/shrink/shrink.js';
import type { SweepResult } from '../explore/sweep-result.js';
import { quote, singleLine } from '../input/parsed.js';
import type { ScenarioReport } from '../report/reporter.js';
import type { RunResult } from '../run/run-result.js';
import { failureKindOf } from '../run/signature.js';
import { commandNameOf } from './command-name.js';
import type { CliEnvironment } from './environment.js';
import type { UseCases } from './use-cases.js';
import { shellQuote } from '../input/shell-quote.js';
import type { ReporterSpec } from './arguments/reporter-spec.js';
import type { Reporters } from './reporters.js';

export interface Presentation {
  readonly reporters: readonly ReporterSpec[];
  readonly color: boolean;
  /** Characters in a line of text. */
  readonly width: number;
  /** The directory for reports as the user wrote it; undefined for none. */
  readonly reportDirectory: string | undefined;
}

export interface Presenter {
  readonly presentation: Presentation;
  readonly environment: CliEnvironment;
  readonly useCases: UseCases;
}

/** A run to be kept, and what it was allowed. */
interface Shown {
  readonly result: RunResult;
  readonly budget: Budget;
  /** What shrinking made of the failure that is shown. */
  readonly shrunk?: ShrinkResult | undefined;
  /** Why it fails: told of the shrunk run where there is one. */
  readonly explanation?: Explanation | undefined;
}

/**
 * Keeps and shows a scenario; the report is that of its run, or of the first failure of its sweep.
 *
 * @throws EnvironmentError where the report cannot be written; the result is shown before
 */
export async function present(
  presenter: Presenter,
  reporters: Reporters,
  report: ScenarioReport,
  budget: Budget,
): Promise<void> {
  const { run, sweep, failures } = report;
  const { shrunk, explanation } = failures[0] ?? {};
  const result = run ?? sweep?.firstFailure;
  const { error, shrunkReplay }: Kept =
    result === undefined ? {} : await keepReport(presenter, { result, budget, shrunk, explanation });
  await reporters.scenario({
    ...report,
    ...(run === undefined ? {} : { run: withExplanation(run, explanation) }),
    ...(sweep === undefined
      ? {}
      : { sweep: withFailure(sweep, { shrunk: shrunk?.smallest, shrunkReplay, explanation }) }),
  });
  if (error !== undefined) throw error;
}

/** Keeps and shows one run. @throws EnvironmentError as {@link present} does */
export async function presentRun(
  presenter: Presenter,
  reporters: Reporters,
  { result, budget, explanation }: Omit<Shown, 'shrunk'>,
): Promise<void> {
  const { scenario, seed } = result.plan;
  const seeds = { first: seed, last: seed };
  await reporters.begin(scenario, seeds);
  const failures =
    result.verdict === 'satisfied'
      ? []
      : [{ signature: failureKindOf(result), seeds: [seed], result, explanation }];
  const report = { scenario, seeds, outcome: result.verdict, run: result, failures, differences: [] };
  await present(presenter, reporters, report, budget);
  await reporters.end();
}

/** Keeps a failure of an earlier command, which is shown later. @throws EnvironmentError */
export async function keepKnown(presenter: Presenter, result: RunResult, budget: Budget): Promise<void> {
  const { error } = await keepReport(presenter, { result, budget });
  if (error !== undefined) throw error;
}

/** The first failure, and what shrinking made of it: the explanation is of the smaller one. */
function withFailure(
  result: SweepResult,
  {
    shrunk,
    shrunkReplay,
    explanation,
  }: {
    readonly shrunkReplay: string | undefined;
    readonly shrunk: RunResult | undefined;
    readonly explanation: Explanation | undefined;
  },
): SweepResult {
  const { firstFailure } = result;
  if (firstFailure === undefined) return result;
  if (shrunk === undefined) return { ...result, firstFailure: withExplanation(firstFailure, explanation) };
  const smallest = withExplanation(shrunk, explanation);
  return { ...result, shrunk: shrunkReplay === undefined ? smallest : { ...smallest, replay: shrunkReplay } };
}

/** The result of writing a report. */
interface Kept {
  readonly error?: EnvironmentError;
  /** The command that replays the shrunk repro. */
  readonly shrunkReplay?: string;
}

/** Writes the report and says where; on stderr, and first, since the last line belongs to the replay command. */
async function keepReport(
  presenter: Presenter,
  { result, budget, shrunk, explanation }: Shown,
): Promise<Kept> {
  const { useCases, presentation, environment } = presenter;
  const directory = presentation.reportDirectory;
  if (directory === undefined) return {};
  const replayOf = (file: string) =>
    `${commandNameOf(environment)} replay ${shellQuote(shortPath(environment.cwd, file))}`;
  try {
    const written = await useCases.writeReport(
      shrunk === undefined ? withExplanation(result, explanation) : result,
      path.resolve(environment.cwd, directory),
      budget,
      shrunk === undefined
        ? undefined
        : {
            result: withExplanation(shrunk.smallest, explanation),
            replayOf,
          },
    );
    const tell = (what: string, file: string) =>
      environment.stderr.write(`${what}: ${shortPath(environment.cwd, file)}\n`);
    tell('report', written.page);
    if (shrunk === undefined || written.shrunk === undefined) {
      if (written.repro !== undefined) tell('repro', written.repro);
    } else {
      tell(`shrunk to ${describeSize(shrunk.smallest.plan)}`, written.shrunk.page);
      tell('repro', written.shrunk.repro);
    }
    return {
      ...(written.shrunk === undefined ? {} : { shrunkReplay: replayOf(written.shrunk.repro) }),
      ...(written.latestError === undefined ? {} : { error: unwritten(directory, written.latestError) }),
    };
  } catch (error) {
    return { error: unwritten(directory, error) };
  }
}

/** @throws the error itself where it is not the system's */
function unwritten(directory: string, error: unknown): EnvironmentError {
  if (!isSystemError(error)) throw error;
  const reason = singleLine(error.message);
  return new EnvironmentError(`cannot write the report to ${quote(directory)}: ${reason}`, { cause: error });
}

function withExplanation(result: RunResult, explanation: Explanation | undefined): RunResult {
  return explanation === undefined ? result : { ...result, explanation };
}

/** The path from the working directory, where the file lies below it. */
export function shortPath(cwd: string, file: string): string {
  const relative = path.relative(cwd, file);
  return relative.startsWith('..') ? file : relative;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
