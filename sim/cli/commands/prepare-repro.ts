/** What `sim replay` and `sim shrink` share: the runs of a repro's plans, and the analysis of its failure. */
import os from 'node:os';
import { FailureAnalyst } from '../../harness/failure-analysis.js';
import type { PlanRunner } from '../../harness/plan-runner.js';
import { reproRunner } from '../../harness/repro-runner.js';
import { withRunProgress } from '../../harness/run-progress.js';
import { serveSeeds } from '../../harness/workers/serve-seeds.js';
import type { RunnableRepro } from '../../repro/parse-repro.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { Presenter } from '../present.js';
import { CheckDisplay } from '../progress.js';
import { SIMULATED } from '../use-cases.js';
import { startWorkers } from '../workers.js';

export interface ReproCommand extends Presenter {
  readonly file: string;
  readonly repro: RunnableRepro;
  /** Whether to look for the moment that decides a failure. */
  readonly explains: boolean;
}

export interface AnalysisCommand extends ReproCommand {
  /** How many processes a long analysis may use; undefined for as many as there are cores. */
  readonly workers: number | undefined;
}

interface Prepared {
  readonly runner: PlanRunner;
  readonly analyst: FailureAnalyst;
  readonly display: CheckDisplay;
  /** The other processes end. */
  close(): Promise<void>;
}

/** @param replay the command that runs it again */
export async function prepareRepro(
  command: AnalysisCommand,
  replay: string,
  limits: { readonly shrinkRunsMax: number; readonly explainEventsMax?: number },
): Promise<Prepared> {
  const { repro, explains, environment, useCases } = command;
  const { signal, stderr, program, env } = environment;
  const display = new CheckDisplay(stderr);
  const runner = await runnerOf(command, replay, display);
  const count = command.workers ?? os.availableParallelism();
  const workers = program === undefined || count < 2 ? undefined : startWorkers(program, env, count);
  const analyst = new FailureAnalyst(
    {
      ...limits,
      explains,
      signal,
      steps: useCases,
      planRuns: workers?.plansOf(repro.scenario.name),
      onProgress(progress) {
        display.show(progress);
        if (progress.kind === 'notice') stderr.write(`sim: ${progress.text}\n`);
      },
    },
    runner,
  );
  return { runner, analyst, display, close: async () => workers?.close() };
}

/** Is a process that runs plans of a repro for another. */
export async function reproPlansCommand(command: ReproCommand): Promise<ExitCode> {
  const runner = await runnerOf(command, '', new CheckDisplay(command.environment.stderr));
  await serveSeeds(() => Promise.resolve(runner));
  return exitCodes.satisfied;
}

async function runnerOf(
  { repro, environment, useCases }: ReproCommand,
  replay: string,
  display: CheckDisplay,
): Promise<PlanRunner> {
  const { signal, watchdog } = environment;
  const backend = await useCases.createBackend(SIMULATED, () => undefined);
  const heartbeat = withRunProgress(
    watchdog,
    () => environment.nowMs(),
    (progress) => display.show({ kind: 'run', ...progress }),
  );
  return reproRunner({ repro, backend, replay, signal, heartbeat, steps: useCases });
}
