/**
 * A process that only runs plans a second time, with another time zone, locale and host name. Invariant: it ends with the
 * worker that started it.
 */
import { fork } from 'node:child_process';
import { scenarios } from '../../scenarios/index.js';
import { answerJobs, ask } from '../pool.js';
import { hashOf, type SecondRun } from './job.js';

const ELSEWHERE = { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', HOSTNAME: 'another' };

/** Starts one; the returned function resolves with the trace hash of a second run. */
export function startTwin(): (run: SecondRun) => Promise<string | undefined> {
  const child = fork(new URL('./twin.js', import.meta.url), ['twin'], {
    env: { ...process.env, ...ELSEWHERE },
  });
  return async (run) => (await ask<SecondRun, { readonly hash?: string }>(child, run)).hash;
}

if (process.argv[2] === 'twin') {
  answerJobs(async (run: SecondRun) => ({ hash: await hashOf(run, scenarios) }));
}
