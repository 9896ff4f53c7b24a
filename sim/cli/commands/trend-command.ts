/**
 * `sim trend BLOB...`: the history of a project from the blobs of its sweeps, on the terminal and as a page. Invariant: it
 * ends with 0 where it could read all of them: it looks back and judges no commit.
 */
import path from 'node:path';
import { shortPath, type Presenter } from '../present.js';
import { findBlobs } from '../arguments/blob-files.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';

export interface TrendCommand extends Presenter {
  /** Blobs, and folders of blobs. */
  readonly files: readonly string[];
}

export async function trendCommand(command: TrendCommand): Promise<ExitCode> {
  const { environment, files, presentation, useCases } = command;
  const { cwd } = environment;
  const { readBlob } = await import('../../harness/sweep/blob-file.js');
  const { TrendCollector } = await import('../../harness/sweep/trend.js');
  const { formatTrend } = await import('../../report/trend.js');
  const collector = new TrendCollector();
  const taken = new Set<string>();
  for (const name of await findBlobs({ command: 'trend', files, cwd, recursive: true })) {
    const file = path.resolve(cwd, name);
    if (!taken.has(file)) collector.add(await readBlob(file, name));
    taken.add(file);
  }
  const { trend } = collector;
  environment.stdout.write(formatTrend(trend, presentation));
  if (presentation.reportDirectory !== undefined) {
    const page = path.resolve(cwd, presentation.reportDirectory, 'trend', 'index.html');
    await useCases.writePage({ trend }, page);
    environment.stderr.write(`trend: ${shortPath(cwd, page)}\n`);
  }
  return exitCodes.satisfied;
}
