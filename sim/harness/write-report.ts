/** Writes what a check found as the HTML report, with the repros of its first failure. */
import { writeReport as writeRun, type WrittenReport } from '../report/write.js';
import type { CheckReport } from './check-report.js';

/**
 * Writes the page of the first failure, and of the smallest run that fails in the same way.
 *
 * @param directory holds a folder for each report; made where it is not there
 * @param replayOf the shell command that replays a file
 * @returns undefined where nothing failed
 */
export async function writeReport(
  { failures, known, budget }: Pick<CheckReport, 'failures' | 'known' | 'budget'>,
  directory: string,
  replayOf = (file: string): string => `sim replay ${file}`,
): Promise<WrittenReport | undefined> {
  const [first] = failures;
  if (first === undefined) return known === undefined ? undefined : writeRun(known, directory, budget);
  const { result, shrunk, explanation, smallest } = first;
  const told = shrunk !== undefined || explanation === undefined ? result : { ...result, explanation };
  return writeRun(told, directory, budget, shrunk === undefined ? undefined : { result: smallest, replayOf });
}
