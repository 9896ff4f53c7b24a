/**
 * Processes that run the seeds of a sweep side by side, and the plans of an analysis. Each is the same command again and
 * answers with runs, or with the records of those that hold. The sweep takes them in the order of the seeds, so that a
 * result does not depend on how many processes there are. Invariant: a process that dies costs the seed that it ran, and
 * the processes end with the one that started them.
 *
 * They are forked here: pools from npm either speak JSON with their processes, which cannot hold a run, or use threads,
 * whose code the watchdog could not look into.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { EscapeError } from '../engine/escape-error.js';
import { LostRunError } from '../explore/lost-run.js';
import { recordOf, seedRunOf, type RunRecord, type SeedRun } from '../explore/seed-record.js';
import type { PlanRunner } from '../harness/plan-runner.js';
import type { SeedRange } from '../explore/sweep.js';
import type { SeedRuns } from '../harness/checker.js';
import type { PlanRuns, RemotePlan } from '../harness/failure-analysis.js';
import { describeThrown, stackOf } from '../input/describe-thrown.js';
import type { RunResult } from '../run/run-result.js';
import type { Program } from './second-run.js';

/** Tells the command that it is such a process. */
export const SEED_WORKER = 'ETCD_SIM_SEED_WORKER';

type Task = { readonly scenario: string } & (
  | {
      readonly seed: number;
      /** Whether the run is needed, even if it holds. */
      readonly isWhole: boolean;
    }
  | { readonly remote: RemotePlan; readonly seed?: undefined }
);

type Done =
  | { readonly kind: 'run'; readonly result: RunResult; readonly hasMuted: boolean }
  | { readonly kind: 'held'; readonly record: RunRecord; readonly hasMuted: boolean };

type Answer =
  | Done
  | {
      readonly kind: 'escape';
      readonly node: string;
      readonly called: string;
      readonly where?: string | undefined;
      readonly replay?: string | undefined;
    }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string };

/** So many seeds are begun before they are asked for, for each process. */
const AHEAD = 3;

interface Waiting {
  readonly task: Task;
  resolve(done: Done): void;
  reject(error: unknown): void;
}

/** A process, and its tasks in order: it runs the first. */
interface Worker {
  readonly child: ChildProcess;
  tasks: Waiting[];
}

/** A process that has answered need not wait for its next task. */
const TASKS_MAX = 2;

export class Workers {
  readonly #start: () => ChildProcess;
  readonly #count: number;
  readonly #all = new Set<Worker>();
  readonly #queue: Waiting[] = [];
  #closed = false;
  /** Scenarios whose nodes have printed something that was not shown. */
  readonly #muted = new Set<string>();

  constructor(program: Program, env: Readonly<Record<string, string | undefined>>, count: number) {
    this.#count = count;
    this.#start = () =>
      fork(program.file, [...program.arguments], {
        env: { ...env, [SEED_WORKER]: '1' },
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
  }

  /** Runs the seeds of a scenario, ahead of the sweep that asks for them in their order. */
  of(scenario: string, { last }: SeedRange): SeedRuns {
    const begun = new Map<number, Promise<SeedRun>>();
    let next: number | undefined;
    let first: number | undefined;
    const runOf = async (seed: number): Promise<SeedRun> => {
      const done = await this.#run({ scenario, seed, isWhole: seed === first });
      return done.kind === 'held' ? { record: done.record } : seedRunOf(done.result);
    };
    const muted = this.#muted;
    return {
      get hasMuted() {
        return muted.has(scenario);
      },
      run: (seed) => {
        first ??= seed;
        next ??= seed;
        for (; next <= last && next < seed + this.#count * AHEAD; next++) {
          const run = runOf(next);
          // A run that the sweep no longer asks for must not raise an unhandled rejection.
          run.catch(() => undefined);
          begun.set(next, run);
        }
        const run = begun.get(seed) ?? runOf(seed);
        begun.delete(seed);
        return run;
      },
    };
  }

  /** Runs seeds of a scenario, each when it is asked for. */
  each(scenario: string): (seed: number) => Promise<RunResult> {
    return (seed) => this.#runWhole({ scenario, seed, isWhole: true });
  }

  /** Runs plans of a scenario. */
  plansOf(scenario: string): PlanRuns {
    const all = this.#all;
    return {
      count: this.#count,
      get hasStarted() {
        return all.size > 0;
      },
      run: (remote) => this.#runWhole({ scenario, remote }),
    };
  }

  close(): void {
    this.#closed = true;
    for (const { child } of this.#all) {
      if (child.connected) child.disconnect();
      child.kill('SIGKILL');
    }
  }

  async #runWhole(task: Task): Promise<RunResult> {
    const done = await this.#run(task);
    if (done.kind === 'run') return done.result;
    throw new Error(`expected the run of seed ${done.record.seed}, got its record`);
  }

  #run(task: Task): Promise<Done> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const worker = this.#free();
      const waiting = worker && this.#queue.shift();
      if (worker === undefined || waiting === undefined) return;
      worker.tasks.push(waiting);
      // One that has ended cannot hear it: its end gives the task to another.
      worker.child.send(waiting.task, () => undefined);
    }
  }

  /** A process for one more task, preferably one without any. */
  #free(): Worker | undefined {
    const all = [...this.#all];
    const idle = all.find(({ tasks }) => tasks.length === 0);
    if (idle !== undefined) return idle;
    if (all.length < this.#count) return this.#launch();
    return all.find(({ tasks }) => tasks.length < TASKS_MAX);
  }

  #launch(): Worker {
    const worker: Worker = { child: this.#start(), tasks: [] };
    this.#all.add(worker);
    worker.child
      .on('message', (answer) => this.#answered(worker, answer as Answer))
      .on('exit', (code, by) => this.#ended(worker, by === null ? `exit code ${String(code)}` : by))
      .on('error', (error) => this.#ended(worker, describeThrown(error)));
    return worker;
  }

  #answered(worker: Worker, answer: Answer): void {
    const waiting = worker.tasks.shift();
    if (answer.kind === 'run' || answer.kind === 'held') {
      if (answer.hasMuted && waiting !== undefined) this.#muted.add(waiting.task.scenario);
      waiting?.resolve(answer);
    } else waiting?.reject(errorOf(answer));
    this.#dispatch();
  }

  /** The task that it ran is lost; another process takes the others. */
  #ended(worker: Worker, how: string): void {
    if (!this.#all.delete(worker)) return;
    const [ran, ...others] = worker.tasks;
    ran?.reject(new LostRunError(ran.task.seed ?? ran.task.remote.plan.seed, how));
    this.#queue.unshift(...others);
    this.#dispatch();
  }
}

function errorOf(answer: Exclude<Answer, Done>): Error {
  if (answer.kind === 'escape') {
    const error = new EscapeError(answer.node, answer.called, answer.where);
    error.replay = answer.replay;
    return error;
  }
  const error = new Error(answer.message);
  error.stack = answer.stack;
  return error;
}

/** Is such a process: runs seeds until the sweep has gone. */
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
      .then((given) => process.send?.(given))
      .catch(() => process.disconnect());
  });
  if (process.connected) await once(process, 'disconnect');
}

/** A sweep counts what a run that holds has reached, and shows nothing of its log. */
function withoutLog(result: RunResult): RunResult {
  return { ...result, log: [], checkpoints: [] };
}
