/**
 * The other end of the pool: a process that runs the seeds and plans that it is asked for. Invariant: each question has one
 * answer, and the process ends with the one that asks.
 */
import { once } from 'node:events';
import process from 'node:process';
import { EscapeError } from '../../engine/escape-error.js';
import { recordOf, type RunRecord } from '../../explore/seed-record.js';
import { describeThrown, stackOf } from '../../input/describe-thrown.js';
import type { RunResult } from '../../run/run-result.js';
import type { RemotePlan } from '../failure-analysis.js';
import type { PlanRunner } from '../plan-runner.js';

/** What a process is asked to run. */
export type Task = { readonly scenario: string } & (
  | {
      readonly seed: number;
      /** Whether the run is needed, even if it holds. */
      readonly isWhole: boolean;
    }
  | { readonly remote: RemotePlan; readonly seed?: undefined }
);

export type Done =
  | { readonly kind: 'run'; readonly result: RunResult; readonly hasMuted: boolean }
  | { readonly kind: 'held'; readonly record: RunRecord; readonly hasMuted: boolean };

export type Answer =
  | Done
  | {
      readonly kind: 'escape';
      readonly node: string;
      readonly called: string;
      readonly where?: string | undefined;
      readonly replay?: string | undefined;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string };

/** Is such a process: runs seeds and plans until the process that asks has gone. */
export async function serveSeeds(runnerOf: (scenario: string) => Promise<PlanRunner>): Promise<void> {
  const answer = async (task: Task): Promise<Answer> => {
    try {
      const runner = await runnerOf(task.scenario);
      if (task.seed === undefined) {
        const { plan, ...options } = task.remote;
        const remote = await runner.runPlan(plan, { stacks: false, ...options });
        return { kind: 'run', result: remote, hasMuted: runner.hasMuted };
      }
      const result = await runner.runSeed(task.seed, { stacks: false, progress: () => undefined });
      const { hasMuted } = runner;
      if (result.verdict !== 'satisfied') return { kind: 'run', result, hasMuted };
      if (task.isWhole) return { kind: 'run', result: withoutLog(result), hasMuted };
      return { kind: 'held', record: recordOf(result), hasMuted };
    } catch (error) {
      if (error instanceof EscapeError) {
        const { node, called, where, replay } = error;
        return { kind: 'escape', node, called, where, replay };
      }
      return { kind: 'failed', message: describeThrown(error), stack: stackOf(error) };
    }
  };
  let done: Promise<unknown> = Promise.resolve();
  process.on('message', (task: Task) => {
    done = done
      .then(() => answer(task))
      // If the sweep is gone, its disconnection ends this process.
      .then((given) => process.send?.(given, () => undefined))
      .catch(() => process.disconnect());
  });
  if (process.connected) await once(process, 'disconnect');
}

/** A sweep counts what a run that holds has reached, and shows nothing of its log. */
function withoutLog(result: RunResult): RunResult {
  return { ...result, log: [], checkpoints: [] };
}
