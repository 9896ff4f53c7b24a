/**
 * The command with its own use cases and all scenarios, in this process: its output, without the second that each
 * process takes to start. Tests of the process itself run `dist`.
 */
import { Readable } from 'node:stream';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import type { CliEnvironment } from '../../sim/cli/environment.js';
import { main } from '../../sim/cli/main.js';
import { useCases, type UseCases } from '../../sim/cli/use-cases.js';
import { VERSION } from '../../sim/version.js';
import { scenarios, specimens } from '../../scenarios/index.js';
import { Memory } from './harness.js';

export interface Shown {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command patches its process for good, which this one shares with other tests; a run does so while it lasts. */
const sharing: UseCases = {
  ...useCases,
  createBackend: (request, progress) =>
    request.backend === 'simulated'
      ? Promise.resolve(createSimulatedBackend())
      : useCases.createBackend(request, progress),
};

/**
 * Runs `sim`.
 *
 * @param argv the arguments after `sim`
 * @param cwd the directory that relative paths start from
 * @param input the text on its stdin; none by default
 */
export async function simInProcess(argv: readonly string[], cwd: string, input?: string): Promise<Shown> {
  const [stdout, stderr] = [new Memory(), new Memory()];
  let nowMs = 0;
  const environment: CliEnvironment = {
    version: VERSION,
    scenarios,
    specimens,
    stdout,
    stderr,
    ...(input === undefined ? {} : { stdin: Readable.from([input]) }),
    env: {},
    cwd,
    signal: new AbortController().signal,
    outliveExceptions: () => () => undefined,
    nowMs: () => (nowMs += 50),
    timeOfDay: () => '2026-11-29T02:00:00.000Z',
  };
  const code = await main(argv, environment, sharing);
  return { code, stdout: stdout.text, stderr: stderr.text };
}
