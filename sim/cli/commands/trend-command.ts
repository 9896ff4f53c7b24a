/**
 * `sim trend BLOB...`: the history of a project from the blobs of its sweeps, on the terminal and as a page. Invariant: it
 * ends with 0 where it could read all of them: it looks back and judges no commit.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { EnvironmentError } from '../../backend/environment-error.js';
import { messageOf } from '../../input/describe-thrown.js';
import { singleLine } from '../../input/parsed.js';
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
    const identity = await identityOf(file);
    if (!taken.has(identity)) collector.add(await readBlob(file, name));
    taken.add(identity);
  }
  const { trend } = collector;
  environment.stdout.write(formatTrend(trend, presentation));
  if (presentation.reportDirectory !== undefined) {
    const page = path.resolve(cwd, presentation.reportDirectory, 'trend', 'index.html');
    try {
      await useCases.writePage({ trend }, page);
    } catch (error) {
      const why = singleLine(messageOf(error));
      throw new EnvironmentError(`cannot write ${shortPath(cwd, page)}: ${why}`, { cause: error });
    }
    environment.stderr.write(`trend: ${shortPath(cwd, page)}\n`);
  }
  return exitCodes.satisfied;
}

/** One file has one, however it is linked. */
async function identityOf(file: string): Promise<string> {
  try {
    const { dev, ino } = await stat(file);
    return `${dev} ${ino}`;
  } catch {
    return file;
  }
}
