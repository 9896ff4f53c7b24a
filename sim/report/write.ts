/**
 * The one place where reporters write files: `DIRECTORY/<run>/index.html` and `run.json`, `DIRECTORY/latest`,
 * and for a failure in simulation `repro.json` and its shrunk form. Invariant: a file is replaced completely
 * or not at all. Running a seed again replaces only that run's files and `latest`.
 */
import { lstat, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Budget } from '../engine/engine.js';
import { packageRoot } from '../package-root.js';
import { formatRepro, reproOf } from '../repro/repro.js';
import type { RunResult } from '../run/run-result.js';
import { formatHtml, pageModules, type PageApp } from './html.js';
import { formatJson } from './json.js';
import { makeDirectory } from './make-directory.js';
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
  const repro = result.verdict === 'violated' ? reproOf(result, budget) : undefined;
  const files: ReportFiles = {
    [PAGE]: formatHtml(result, json, app),
    [JSON_FILE]: `${json}\n`,
    ...(repro === undefined ? {} : { [REPRO_FILE]: formatRepro(repro) }),
    ...(shrunk === undefined ? {} : shrunkFiles(shrunk, place(SHRUNK_REPRO_FILE), budget, app)),
  };
  await writeFiles(path.join(directory, name), files);
  await pointLatest(directory, name, files);
  return {
    page: place(PAGE),
    ...(repro === undefined ? {} : { repro: place(REPRO_FILE) }),
    ...(shrunk === undefined
      ? {}
      : { shrunk: { page: place(SHRUNK_PAGE), repro: place(SHRUNK_REPRO_FILE) } }),
  };
}

/** A shrunk failure. */
export interface ShrunkRun {
  readonly result: RunResult;
  /** The command that replays a repro in this file. */
  replayOf(file: string): string;
}

function shrunkFiles(
  { result, replayOf }: ShrunkRun,
  file: string,
  budget: Budget,
  app: PageApp,
): ReportFiles {
  const shown: RunResult = { ...result, replay: replayOf(file) };
  const repro = reproOf(shown, budget);
  return {
    [SHRUNK_PAGE]: formatHtml(shown, formatJson(shown), app),
    ...(repro === undefined ? {} : { [SHRUNK_REPRO_FILE]: formatRepro(repro) }),
  };
}

/** Paths of the written files. */
export interface WrittenReport {
  readonly page: string;
  /** Only for a failure in simulation. */
  readonly repro?: string;
  readonly shrunk?: { readonly page: string; readonly repro: string };
}

type ReportFiles = Readonly<Record<string, string>>;

async function writeFiles(directory: string, files: ReportFiles): Promise<void> {
  await makeDirectory(directory);
  await Promise.all(
    Object.entries(files).map(([name, text]) => replaceFile(path.join(directory, name), text)),
  );
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

/** The built application. */
async function readPageApp(): Promise<PageApp> {
  const root = packageRoot();
  const [style, ...codes] = await Promise.all([
    readFile(path.join(root, 'reports', 'app', 'report.css'), 'utf8'),
    ...pageModules.map((name) => readFile(path.join(root, 'dist', 'reports', 'app', `${name}.js`), 'utf8')),
  ]);
  return { style, modules: Object.fromEntries(pageModules.map((name, index) => [name, codes[index] ?? ''])) };
}
