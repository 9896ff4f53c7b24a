/**
 * The one place where reporters write files: `DIRECTORY/<run>/index.html` and `run.json`, `DIRECTORY/latest`,
 * and for a failure in simulation `repro.json` and its shrunk form. Invariant: a file is replaced completely
 * or not at all. Running a seed again replaces only that run's files and `latest`.
 */
import { lstat, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Budget } from '../engine/engine.js';
import { formatRepro, reproOf } from '../repro/repro.js';
import type { RunResult } from '../run/run-result.js';
import { VERSION } from '../version.js';
import type { PageApp } from './html.js';
import { formatJson } from './json.js';
import { makeDirectory } from './make-directory.js';
import { readPageApp } from './page/read-app.js';
import { formatRunPage, type ShownRun } from './page/run-page.js';
import { formatSweepPage } from './page/sweep-page.js';
import type { SweptScenario } from './page/sweep-data.js';
import type { Trend } from './page/trend-data.js';
import { formatTrendPage } from './page/trend-page.js';
import { replaceFile, temporaryName } from './replace-file.js';
import { runName } from './run-name.js';

const PAGE = 'index.html';
const JSON_FILE = 'run.json';
const REPRO_FILE = 'repro.json';
const SHRUNK_PAGE = 'shrunk.html';
const SHRUNK_REPRO_FILE = 'repro.shrunk.json';
const LATEST = 'latest';

/**
 * Writes the report of a run.
 *
 * @param directory where all reports are kept; it is created if missing
 * @param budget the limits of the run
 * @param shrunk the run of the smallest plan with the same failure
 */
export async function writeReport(
  result: RunResult,
  directory: string,
  budget: Budget,
  shrunk?: ShrunkRun,
): Promise<WrittenReport> {
  const name = runName(result);
  const place = (file: string) => path.join(directory, name, file);
  const json = formatJson(result);
  const app = await readPageApp();
  const run = shownRun(result, budget);
  const small =
    shrunk && shownRun({ ...shrunk.result, replay: shrunk.replayOf(place(SHRUNK_REPRO_FILE)) }, budget);
  const files: ReportFiles = {
    [PAGE]: formatRunPage(run, small, app),
    [JSON_FILE]: `${json}\n`,
    ...(run.repro === undefined ? {} : { [REPRO_FILE]: run.repro }),
    ...(small === undefined ? {} : { [SHRUNK_PAGE]: formatRunPage(small, undefined, app) }),
    ...(small?.repro === undefined ? {} : { [SHRUNK_REPRO_FILE]: small.repro }),
  };
  await writeFiles(path.join(directory, name), files);
  const latestError = await pointLatest(directory, name, files).then(
    () => undefined,
    (error: unknown) => error,
  );
  return {
    page: place(PAGE),
    ...(latestError === undefined ? {} : { latestError }),
    ...(run.repro === undefined ? {} : { repro: place(REPRO_FILE) }),
    ...(shrunk === undefined
      ? {}
      : { shrunk: { page: place(SHRUNK_PAGE), repro: place(SHRUNK_REPRO_FILE) } }),
  };
}

/** Writes the page of a run, of a sweep or of a trend into a file of its own. */
export async function writePage(page: PageOf, file: string): Promise<void> {
  const app = await readPageApp();
  await writeText(file, formatPage(page, app));
}

export type PageOf =
  { readonly run: RunResult } | { readonly swept: readonly SweptScenario[] } | { readonly trend: Trend };

function formatPage(page: PageOf, app: PageApp): string {
  if ('run' in page) return formatRunPage({ result: page.run, repro: undefined }, undefined, app);
  if ('swept' in page) return formatSweepPage(page.swept, VERSION, app);
  return formatTrendPage(page.trend, VERSION, app);
}

/** Replaces a file; its folder is made where it is not there. */
export async function writeText(file: string, text: string): Promise<void> {
  await makeDirectory(path.dirname(file));
  await replaceFile(file, text);
}

/** A shrunk failure. */
export interface ShrunkRun {
  readonly result: RunResult;
  /** The command that replays a repro in this file. */
  replayOf(file: string): string;
}

function shownRun(result: RunResult, budget: Budget): ShownRun {
  const repro = result.verdict === 'violated' ? reproOf(result, budget) : undefined;
  return { result, repro: repro === undefined ? undefined : formatRepro(repro) };
}

/** Paths of the written files. */
export interface WrittenReport {
  readonly page: string;
  /** Only for a failure in simulation. */
  readonly repro?: string;
  readonly shrunk?: { readonly page: string; readonly repro: string };
  /** Why `latest` does not show this report, which is written nevertheless. */
  readonly latestError?: unknown;
}

type ReportFiles = Readonly<Record<string, string>>;

async function writeFiles(directory: string, files: ReportFiles): Promise<void> {
  await makeDirectory(directory);
  // All have ended when this does, so that nothing is written later; the repro is there even where the page cannot be.
  const ends = await Promise.allSettled(
    Object.entries(files).map(([name, text]) => replaceFile(path.join(directory, name), text)),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** A link if the system allows one and the name is free; otherwise a folder with copies. */
async function pointLatest(directory: string, name: string, files: ReportFiles): Promise<void> {
  const latest = path.join(directory, LATEST);
  const found = await whatIsAt(latest);
  if (found !== 'something else') {
    try {
      await replaceLink(latest, name);
      return;
    } catch (error) {
      // Copies written through an old link would overwrite the run it points to.
      if (found === 'a link') throw error;
    }
  }
  await writeFiles(latest, files);
}

async function whatIsAt(file: string): Promise<'a link' | 'nothing' | 'something else'> {
  try {
    return (await lstat(file)).isSymbolicLink() ? 'a link' : 'something else';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'nothing';
    throw error;
  }
}

async function replaceLink(link: string, target: string): Promise<void> {
  const temporary = temporaryName(link);
  try {
    await rm(temporary, { force: true });
    // On Windows every user can make junctions but few can make links; other systems treat them alike.
    await symlink(target, temporary, 'junction');
    await rename(temporary, link);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
