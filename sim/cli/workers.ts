/** The processes that run a command's seeds and plans: each is the same command again, with a word in its environment. */
import { fork } from 'node:child_process';
import { Workers } from '../harness/workers/pool.js';
import type { Program } from './second-run.js';

/** Tells the command that it is such a process. */
export const SEED_WORKER = 'ETCD_SIM_SEED_WORKER';

/** They start when they are first asked. */
export function startWorkers(
  program: Program,
  env: Readonly<Record<string, string | undefined>>,
  count: number,
): Workers {
  const start = () =>
    fork(program.file, [...program.arguments], {
      env: { ...env, [SEED_WORKER]: '1' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  return new Workers(start, count);
}
