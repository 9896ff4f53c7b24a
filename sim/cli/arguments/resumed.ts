/**
 * What `--resume` names: the journal of a sweep, and the arguments that the sweep was started with. Invariant: an argument
 * that is given again beats the one of then; what would make it another sweep is refused later.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { readJournal, type ReadJournal } from '../../harness/sweep/journal-file.js';
import { quote, InputError } from '../../input/parsed.js';
import { parseArguments, type Arguments } from './parse-arguments.js';

/** In the folder of a sweep's report. */
export const JOURNAL = 'journal.jsonl';

/** @param asked a folder, or `latest`. @param out the folder of all reports. @throws InputError */
export async function findJournal(asked: string, out: string, cwd: string): Promise<ReadJournal> {
  if (asked === 'latest') {
    const latest = await latestJournal(path.resolve(cwd, out));
    if (latest === undefined) throw new InputError(`--resume: expected a sweep in ${quote(out)}, got none`);
    return readJournal(latest);
  }
  const file = path.resolve(cwd, asked, JOURNAL);
  if ((await writtenMs(file)) === undefined) {
    throw new InputError(`--resume: expected a folder with a ${JOURNAL}, got ${quote(asked)}`);
  }
  return readJournal(file);
}

/** The one that was written last. */
async function latestJournal(directory: string): Promise<string | undefined> {
  let latest: { readonly file: string; readonly writtenMs: number } | undefined;
  for (const { name } of (await foldersOf(directory)).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  )) {
    const file = path.join(directory, name, JOURNAL);
    const at = await writtenMs(file);
    if (at !== undefined && (latest === undefined || at > latest.writtenMs)) latest = { file, writtenMs: at };
  }
  return latest?.file;
}

/** Without the links among them, such as `latest`. */
async function foldersOf(directory: string) {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory());
  } catch {
    return [];
  }
}

/** Undefined where there is no such file; reading a pipe would wait for ever. */
async function writtenMs(file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.mtimeMs : undefined;
  } catch {
    return undefined;
  }
}

/** The arguments of the sweep, and those that are given now. */
export function resumedArguments({ given, ...parsed }: Arguments, { header }: ReadJournal): Arguments {
  const before = parseArguments(header.words).given;
  const now = [...given].filter(([key]) => key !== 'resume');
  return { ...parsed, given: new Map([...before, ...now]) };
}
