/**
 * Writes the report of a test that does not hold. Invariant: it never rejects, since a report that cannot be written must
 * not take the place of the finding.
 */
import { describeThrown, messageOf } from '../../input/describe-thrown.js';
import { quote, singleLine } from '../../input/parsed.js';
import type { WrittenReport } from '../../report/write.js';
import { writeReport } from '../write-report.js';
import type { TestReport } from './check-test.js';

export interface KeptReport {
  /** Undefined where there is nothing to write, or it could not be written. */
  readonly written?: WrittenReport | undefined;
  /** What could not be written, and why, one line each. */
  readonly problems: readonly string[];
}

/** @param replayOfFile the shell command that runs a repro again */
export async function keepReport(
  report: TestReport,
  directory: string,
  replayOfFile: (file: string) => string,
): Promise<KeptReport> {
  try {
    const written = await writeReport(report, directory, replayOfFile);
    const latestError = written?.latestError;
    return { written, problems: latestError === undefined ? [] : [problemOf(directory, latestError)] };
  } catch (error) {
    return { problems: [problemOf(directory, error)] };
  }
}

function problemOf(directory: string, error: unknown): string {
  // The system's error has its code in its message; the class of any other says more.
  const reason = error instanceof Error && 'syscall' in error ? messageOf(error) : describeThrown(error);
  return `cannot write the report to ${quote(directory)}: ${singleLine(reason)}`;
}
