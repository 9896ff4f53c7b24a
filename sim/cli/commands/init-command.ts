/**
 * `sim init [FOLDER]`: a first test, a config file and a CI workflow. Invariant: an existing file stays unchanged, and
 * the last line says what to type next.
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describeThrown } from '../../input/describe-thrown.js';
import { InputError, quote, singleLine } from '../../input/parsed.js';
import { packageRoot } from '../../package-root.js';
import { shellQuote } from '../../input/shell-quote.js';
import type { CliEnvironment } from '../environment.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';

/** Each file with the template that it is made from, in the order in which they are read. */
const FILES = [
  ['package.json', 'package.json'],
  ['src/counter.ts', 'src/counter.ts'],
  ['test/counter.test.ts', 'test/counter.test.ts'],
  ['sim.config.ts', 'sim.config.ts'],
  ['.github/workflows/simulation.yml', 'github/simulation.yml'],
] as const;

/** Packages that the first test imports, with what they need. */
const PACKAGES = ['etcd-sim', 'etcd3', 'fast-check', 'vitest'];

/** Writes what is not there. @throws InputError where the folder is none or cannot be written to */
export function initCommand(
  folder: string | undefined,
  { stdout, cwd }: Pick<CliEnvironment, 'stdout' | 'cwd'>,
): ExitCode {
  const target = path.resolve(cwd, folder ?? '.');
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === false) {
    throw new InputError(`sim init expects a folder, got the file ${quote(folder ?? '.')}`);
  }
  const templates = path.join(packageRoot(), 'docs/examples/start');
  for (const [name, template] of FILES) {
    const isNew = writeNew(path.join(target, name), readFileSync(path.join(templates, template), 'utf8'));
    stdout.write(isNew ? `wrote  ${name}\n` : `kept   ${name}, which was there\n`);
  }
  const enter = folder === undefined ? '' : `cd ${shellQuote(folder)} && `;
  const missing = PACKAGES.filter((name) => !existsSync(path.join(target, 'node_modules', name)));
  const install = missing.length === 0 ? '' : `npm install --save-dev ${missing.join(' ')} && `;
  stdout.write(`\nNext:\n${enter}${install}npx vitest run\n`);
  return exitCodes.satisfied;
}

/** Whether the file is new. */
function writeNew(file: string, text: string): boolean {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new InputError(`sim init cannot write ${quote(file)}: ${singleLine(describeThrown(error))}`);
  }
}
