/**
 * `sim merge BLOB...`: one report of all parts of a sweep. Invariant: it says and ends as one sweep over all seeds does,
 * apart from times.
 */
import path from 'node:path';
import type { Blob } from '../../harness/sweep/blob-file.js';
import { sweepName } from '../../report/run-name.js';
import type { Verdict } from '../../run/run-result.js';
import { findBlobs } from '../arguments/blob-files.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { keepKnown, present, type Presenter } from '../present.js';
import { openReporters } from '../reporters.js';
import { exitCodeOf, tellEnd } from '../sweep-end.js';

export interface MergeCommand extends Presenter {
  /** Blobs, and folders of blobs. */
  readonly files: readonly string[];
}

export async function mergeCommand(command: MergeCommand): Promise<ExitCode> {
  const { environment, files } = command;
  const { readBlob } = await import('../../harness/sweep/blob-file.js');
  const { mergeBlobs } = await import('../../harness/sweep/merge.js');
  const blobs: Blob[] = [];
  for (const name of await findBlobs({ command: 'merge', files, cwd: environment.cwd, recursive: false })) {
    blobs.push(await readBlob(path.resolve(environment.cwd, name), name));
  }
  const merged = mergeBlobs(blobs);
  const [first] = blobs;
  const page = pageOf(command, first);
  const reporters = await openReporters(command, first?.header, page);
  const outcomes: (Verdict | 'lost')[] = [];
  for (const { report, records, budget } of merged) {
    const { scenario, seeds, known, sweep, outcome } = report;
    await reporters.begin(scenario, seeds);
    for (const record of records) await reporters.seed(record);
    if (known !== undefined) await keepKnown(command, known, budget);
    await present(command, reporters, report, budget);
    if (sweep !== undefined) tellEnd(environment, sweep);
    outcomes.push(outcome);
  }
  await reporters.end();
  if (page !== undefined) environment.stderr.write(`sweep: ${page}\n`);
  return outcomes.length === 0 ? exitCodes.inconclusive : exitCodeOf(outcomes);
}

/** In the folder of the whole sweep. */
function pageOf({ presentation }: MergeCommand, first: Blob | undefined): string | undefined {
  const { reportDirectory } = presentation;
  if (reportDirectory === undefined || first === undefined) return undefined;
  const { scenarios, seeds } = first.header;
  const name = scenarios.length > 1 ? 'all' : (scenarios[0]?.name ?? '');
  return path.join(reportDirectory, sweepName(name, seeds, ['merged']), 'index.html');
}
