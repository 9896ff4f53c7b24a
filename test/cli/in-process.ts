/**
 * The command with its own machinery and all scenarios, in this process: what a command shows without the second that
 * each process takes to start. What is about the process itself is tested on `dist`.
 */
import { main } from '../../sim/cli/main.js';
import { VERSION } from '../../sim/version.js';
import { scenarios, specimens } from '../../scenarios/index.js';
import { Memory } from './harness.js';

export interface Shown {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `sim`.
 *
 * @param argv the arguments after `sim`
 * @param cwd the directory that relative paths start from
 */
export async function simInProcess(argv: readonly string[], cwd: string): Promise<Shown> {
  const [stdout, stderr] = [new Memory(), new Memory()];
  let nowMs = 0;
  const code = await main(argv, {
    version: VERSION,
    scenarios,
    specimens,
    stdout,
    stderr,
    env: {},
    cwd,
    signal: new AbortController().signal,
    outliveExceptions: () => () => undefined,
    nowMs: () => (nowMs += 50),
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
