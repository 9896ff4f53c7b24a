/**
 * Processes that run the seeds of a sweep side by side, and the plans of an analysis. Each answers with runs, or with the
 * records of those that hold. The sweep takes them in the order of the seeds, so that a result does not depend on how many
 * processes there are. Invariant: a process that dies costs the seed that it ran, and the processes end with the one that
 * started them.
 *
 * They are forked here: pools from npm either speak JSON with their processes, which cannot hold a run, or use threads,
 * whose code the watchdog could not look into.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { EscapeError } from '../../engine/escape-error.js';
import { LostRunError } from '../../explore/lost-run.js';
import { seedRunOf, type SeedRun } from '../../explore/seed-record.js';
import type { SeedRange } from '../../explore/sweep.js';
import { describeThrown } from '../../input/describe-thrown.js';
import type { RunResult } from '../../run/run-result.js';
import type { SeedRuns } from '../checker.js';
import type { PlanRuns } from '../failure-analysis.js';
import type { Answer, Done, Task } from './serve-seeds.js';

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
  readonly tasks: Waiting[];
}

/** One that has answered need not wait for its next task. */
const TASKS_MAX = 2;

export class Workers {
  readonly #start: () => ChildProcess;
  readonly #count: number;
  readonly #all = new Set<Worker>();
  readonly #queue: Waiting[] = [];
  #closed = false;
  /** Scenarios whose nodes have printed something that was not shown. */
  readonly #muted = new Set<string>();

  /**
   * @param start forks a process that serves seeds, see `serveSeeds`
   * @param count how many it starts at most, each when it is first needed
   */
  constructor(start: () => ChildProcess, count: number) {
    this.#start = start;
    this.#count = count;
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

  /**
   * Runs plans of a scenario.
   *
   * @param atOnce whether even a short analysis uses them; false by default
   */
  plansOf(scenario: string, { atOnce = false }: { readonly atOnce?: boolean } = {}): PlanRuns {
    const all = this.#all;
    return {
      count: this.#count,
      get hasStarted() {
        return atOnce || all.size > 0;
      },
      run: (remote) => this.#runWhole({ scenario, remote }),
    };
  }

  /** Ends them, and all that they have not answered. Resolves once no process is left. */
  async close(): Promise<void> {
    this.#closed = true;
    const exits = [...this.#all].map(({ child }) => exitOf(child));
    for (const { child } of this.#all) {
      if (child.connected) child.disconnect();
      child.kill('SIGKILL');
    }
    for (const { reject } of this.#queue.splice(0)) reject(new ClosedError());
    await Promise.all(exits);
  }

  async #runWhole(task: Task): Promise<RunResult> {
    const done = await this.#run(task);
    if (done.kind === 'run') return done.result;
    throw new Error(`expected the run of seed ${done.record.seed}, got its record`);
  }

  #run(task: Task): Promise<Done> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new ClosedError());
        return;
      }
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
      .on('exit', (code, by) => this.#ended(worker, by ?? `exit code ${String(code)}`))
      .on('error', (error) => this.#ended(worker, describeThrown(error)));
    return worker;
  }

  #answered({ tasks }: Worker, answer: Answer): void {
    const waiting = tasks.shift();
    if (answer.kind === 'run' || answer.kind === 'held') {
      if (answer.hasMuted && waiting !== undefined) this.#muted.add(waiting.task.scenario);
      waiting?.resolve(answer);
    } else waiting?.reject(errorOf(answer));
    this.#dispatch();
  }

  /** The task that it ran is lost; another process takes those behind it. */
  #ended(worker: Worker, how: string): void {
    if (!this.#all.delete(worker)) return;
    const [ran, ...others] = worker.tasks;
    if (this.#closed) {
      for (const { reject } of worker.tasks) reject(new ClosedError());
      return;
    }
    ran?.reject(new LostRunError(ran.task.seed ?? ran.task.remote.plan.seed, how));
    this.#queue.unshift(...others);
    this.#dispatch();
  }
}

/** It was asked for, and is needed no more. */
class ClosedError extends Error {
  override readonly name = 'ClosedError';

  constructor() {
    super('the processes that run seeds were ended');
  }
}

/** Resolves once it has ended, or was never started. */
async function exitOf(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  await once(child, 'exit');
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
