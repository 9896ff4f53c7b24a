/**
 * The one place where reporters touch the disk: `DIRECTORY/<run>/index.html` and `run.json`, and `DIRECTORY/latest`.
 * Invariant: a file is replaced as a whole or not at all, running a seed again replaces that run's files only, and
 * nothing but `latest` changes beside them.
 */
import { lstat, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from '../run.js';
import { formatHtml, pageModules, type PageApp } from './html.js';
import { formatJson } from './json.js';
import { runName } from './run-name.js';

const PAGE = 'index.html';
const JSON_FILE = 'run.json';
const LATEST = 'latest';

/**
 * Writes the report of a run.
 *
 * @param directory where all reports are kept; it is made where it does not exist
 * @returns the path of the page
 */
export async function writeReport(result: RunResult, directory: string): Promise<string> {
  const json = formatJson(result);
  const files: ReportFiles = {
    [PAGE]: formatHtml(result, json, await readPageApp()),
    [JSON_FILE]: `${json}\n`,
  };
  const name = runName(result);
  await writeFiles(path.join(directory, name), files);
  await pointLatest(directory, name, files);
  return path.join(directory, name, PAGE);
}

type ReportFiles = Readonly<Record<string, string>>;

async function writeFiles(directory: string, files: ReportFiles): Promise<void> {
  await mkdir(directory, { recursive: true });
  await Promise.all(
    Object.entries(files).map(([name, text]) => replaceFile(path.join(directory, name), text)),
  );
}

/** Whoever reads the file meanwhile has the old one or the new one, whole. */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A link where links can be made and nothing else has the name; else a folder with copies. */
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
    // Windows lets everyone make junctions and few make links; other systems do not know the difference.
    await symlink(target, temporary, 'junction');
    await rename(temporary, link);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

let temporaryCount = 0;

/** Beside the file it is to replace, so that renaming stays within one file system. A killed run may have left one. */
function temporaryName(file: string): string {
  temporaryCount++;
  return `${file}.${process.pid}-${temporaryCount}.tmp`;
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

/** This file lies in `sim/report` as written, and in `dist/sim/report` as built. */
function packageRoot(): string {
  const up = import.meta.url.endsWith('.ts') ? '../..' : '../../..';
  return fileURLToPath(new URL(up, import.meta.url));
}
