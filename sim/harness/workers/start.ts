/**
 * The worker processes of a call of the library. Invariant: an abort ends them at once, and none is left when the call ends.
 */
import { fork } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../input/parsed.js';
import type { RunParameters } from '../plan-runner.js';
import type { ScenarioOrigin } from './load-scenario.js';
import { Workers } from './pool.js';

/** All that a worker process has to know; it can be sent. */
export interface WorkerSetup {
  readonly origin: ScenarioOrigin;
  readonly parameters: Omit<RunParameters, 'scenario'>;
  /** As of a check. */
  readonly watchdogSeconds: number | undefined;
}

export interface WorkersRequest {
  readonly count: number;
  readonly origin: ScenarioOrigin;
  readonly parameters: RunParameters;
  readonly watchdogSeconds?: number | undefined;
  readonly signal: AbortSignal;
}

/** In the environment of a worker process. */
const LIBRARY_WORKER = 'ETCD_SIM_LIBRARY_WORKER';

/** Only a build has it: Node.js runs no process from TypeScript. */
const PROGRAM = fileURLToPath(new URL('./worker-process.js', import.meta.url));

/** Does the work with processes, which start when they are first asked. @throws InputError in such a process */
export async function withWorkers<T>(
  { count, origin, parameters, watchdogSeconds, signal }: WorkersRequest,
  work: (workers: Workers) => Promise<T>,
): Promise<T> {
  if (process.env[LIBRARY_WORKER] !== undefined) {
    throw new InputError(`${origin.module}: expected a module that exports a scenario, got one that runs it`);
  }
  const { scenario: _, ...sent } = parameters;
  const setup: WorkerSetup = { origin, parameters: sent, watchdogSeconds };
  const start = () => {
    const child = fork(PROGRAM, [], {
      env: { ...process.env, [LIBRARY_WORKER]: '1' },
      // That flag is for a program given as text; a worker is a file.
      execArgv: process.execArgv.filter((word) => !word.startsWith('--input-type')),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.send(setup);
    return child;
  };
  const workers = new Workers(start, count);
  const abort = (): void => void workers.close();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await work(workers);
  } finally {
    signal.removeEventListener('abort', abort);
    await workers.close();
  }
}
