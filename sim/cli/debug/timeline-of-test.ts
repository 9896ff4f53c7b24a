/**
 * The run of a test's repro: the test runs in its Vitest, which leaves the run in a file. Invariant: of the command that a
 * repro names only Vitest is started, without a shell, since a repro may come from anywhere.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EnvironmentError } from '../../backend/environment-error.js';
import { openRecorded, unpackTimeline, type OpenedTimeline } from '../../harness/debug/open-timeline.js';
import { TIMELINE } from '../../harness/tests/simulate.js';
import { describeValue } from '../../input/describe-value.js';
import { InputError, quote, singleLine } from '../../input/parsed.js';
import type { TestSource } from '../../run/run-result.js';
import type { CliEnvironment } from '../environment.js';

interface Request {
  readonly file: string;
  readonly test: TestSource;
  readonly environment: CliEnvironment;
}

/** @throws InputError, EnvironmentError */
export async function timelineOfTest({ file, test, environment }: Request): Promise<OpenedTimeline> {
  const { cwd, stderr } = environment;
  const words = vitestWords(test.command);
  if (words === undefined) {
    const got = test.command === undefined ? 'none' : describeValue(test.command);
    throw new InputError(
      `${quote(file)}: expected a test that npx vitest runs, got the command ${got}; the picture of its failure can be stepped through`,
    );
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'sim-debug-'));
  try {
    const timeline = path.join(folder, 'timeline');
    stderr.write(`sim: npx ${singleLine(words.join(' '))}\n`);
    const said = await run(words, environment, {
      SIM_REPRO: path.resolve(cwd, file),
      [TIMELINE]: timeline,
    });
    const bytes = await readFile(timeline).catch(() => undefined);
    if (bytes === undefined) {
      stderr.write(said);
      throw new EnvironmentError('the test did not run its repro; above is what Vitest printed');
    }
    return openRecorded(unpackTimeline(bytes));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs npx, and resolves to all that it prints. */
async function run(
  words: readonly string[],
  { cwd, env, signal }: CliEnvironment,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn('npx', ['--no', ...words], {
    cwd,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => void texts.push(text));
  }
  const stop = (): void => void child.kill();
  signal.addEventListener('abort', stop);
  try {
    await once(child, 'close');
  } catch (error) {
    throw new EnvironmentError(`cannot start npx: ${String(error)}`, { cause: error });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return texts.join('');
}

/** The words of `npx vitest run FILE -t 'TITLE'` after the first; undefined where it is another command. */
export function vitestWords(command: string | undefined): readonly string[] | undefined {
  const words =
    /^npx vitest run ([^\s'-][^\s']*|'(?:[^'-]|'\\'')(?:[^']|'\\'')*') -t (\S+|'.*')$/s.exec(command ?? '') ??
    [];
  const [, file, pattern] = words.map(unquoted);
  return file === undefined || pattern === undefined ? undefined : ['vitest', 'run', file, '-t', pattern];
}

function unquoted(word: string): string {
  return word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word;
}
