/** Shows and keeps results: text or JSON on stdout, the HTML report on disk and its path on stderr. */
import path from 'node:path';
import { EnvironmentError } from '../backend/environment-error.js';
import type { SweepResult } from '../explore/sweep-result.js';
import { quote, singleLine } from '../input/parsed.js';
import type { RunResult } from '../run.js';
import type { CliEnvironment } from './environment.js';
import type { Machinery } from './machinery.js';

export interface Presentation {
  /** JSON instead of text. */
  readonly json: boolean;
  readonly color: boolean;
  /** Characters in a line of text. */
  readonly width: number;
  /** The directory for reports as the user wrote it; undefined for none. */
  readonly reportDirectory: string | undefined;
}

export interface Presenter {
  readonly presentation: Presentation;
  readonly environment: CliEnvironment;
  readonly machinery: Machinery;
}

/** Shows one run. @throws EnvironmentError where the report cannot be written; the result is shown before */
export async function presentRun(presenter: Presenter, result: RunResult): Promise<void> {
  const { machinery, presentation, environment } = presenter;
  const report = await keepReport(presenter, result);
  const text = presentation.json
    ? `${await machinery.formatJson(result)}\n`
    : await machinery.formatRun(result, presentation);
  environment.stdout.write(text);
  if (report instanceof EnvironmentError) throw report;
}

/** Shows a sweep; the report is that of its first failure. @throws EnvironmentError as {@link presentRun} does */
export async function presentSweep(presenter: Presenter, result: SweepResult): Promise<void> {
  const { machinery, presentation, environment } = presenter;
  const { firstFailure } = result;
  const report = firstFailure === undefined ? undefined : await keepReport(presenter, firstFailure);
  const text = presentation.json
    ? `${await machinery.formatJson(result)}\n`
    : await machinery.formatSweep(result, presentation);
  environment.stdout.write(text);
  if (report instanceof EnvironmentError) throw report;
}

/** Writes the report and says where; on stderr, and first, since the last line belongs to the replay command. */
async function keepReport(presenter: Presenter, result: RunResult): Promise<EnvironmentError | undefined> {
  const { machinery, presentation, environment } = presenter;
  const directory = presentation.reportDirectory;
  if (directory === undefined) return undefined;
  try {
    const page = await machinery.writeReport(result, path.resolve(environment.cwd, directory));
    environment.stderr.write(`report: ${shortPath(environment.cwd, page)}\n`);
    return undefined;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const reason = singleLine(error.message);
    return new EnvironmentError(`cannot write the report to ${quote(directory)}: ${reason}`, {
      cause: error,
    });
  }
}

/** The path from the working directory, where the file lies below it. */
function shortPath(cwd: string, file: string): string {
  const relative = path.relative(cwd, file);
  return relative.startsWith('..') ? file : relative;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
