/**
 * Worker processes that share a list of jobs, one at a time each. Invariant: results have the order of the
 * jobs; if one fails, all workers end and the whole fails.
 */
import { fork, type ChildProcess } from 'node:child_process';

type Answer<Result> = { readonly result: Result } | { readonly error: string };

export interface PoolRequest<Job, Result> {
  readonly jobs: readonly Job[];
  readonly workers: number;
  /** The script of a worker, which calls {@link answerJobs}. */
  readonly script: URL;
  /** Called after every job with all results so far, in the order of the jobs, and with the latest one. */
  progress(results: readonly Result[], last: Result): void;
}

/** Does all jobs. Rejects with the first failure. */
export async function doAll<Job, Result>(request: PoolRequest<Job, Result>): Promise<readonly Result[]> {
  const { jobs, script, progress } = request;
  const results: Result[] = [];
  const children: ChildProcess[] = [];
  let next = 0;
  const work = async () => {
    const child = fork(script);
    children.push(child);
    for (let index = next++; index < jobs.length; index = next++) {
      const result = await ask<Job, Result>(child, jobs[index] as Job);
      results[index] = result;
      progress(
        results.filter(() => true),
        result,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(request.workers, jobs.length) }, work));
  } finally {
    for (const child of children) child.kill();
  }
  return results;
}

/** Gives a process that calls {@link answerJobs} one job, and no other before it has answered. */
export function ask<Job, Result>(child: ChildProcess, job: Job): Promise<Result> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`a worker ended while it did ${JSON.stringify(job)}`));
    child.once('exit', ended);
    child.once('message', (answer: Answer<Result>) => {
      child.off('exit', ended);
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer.result);
    });
    child.send(job as object);
  });
}

/** In a worker: answers every job until the pool is gone. */
export function answerJobs<Job, Result>(answer: (job: Job) => Promise<Result>): void {
  // A killed pool notifies no one; without this the job would continue without a purpose.
  process.on('disconnect', () => process.exit());
  process.on('message', (job: Job) => {
    answer(job).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
    );
  });
}
