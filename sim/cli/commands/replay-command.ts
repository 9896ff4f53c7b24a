/**
 * `sim replay FILE`: runs a repro again. Invariant: it ends with the exit code of the run's verdict only where the
 * trace is the repro's; where it is another, it says between which moments they part, and whether the failure is the
 * same all the same.
 */
import { FailureAnalyst } from '../../harness/failure-analysis.js';
import { reproRunner } from '../../harness/repro-runner.js';
import { withRunProgress } from '../../harness/run-progress.js';
import { formatTime } from '../../report/quantities.js';
import { compareReplay, isFaithful, type ReplayComparison } from '../../repro/compare-replay.js';
import type { RunnableRepro } from '../../repro/parse-repro.js';
import type { Repro } from '../../repro/repro.js';
import type { RunResult } from '../../run/run-result.js';
import { shellQuote } from '../arguments/replay-arguments.js';
import type { CliEnvironment } from '../environment.js';
import { exitCodes, interruptedLate, type ExitCode } from '../exit-codes.js';
import { presentRun, type Presentation } from '../present.js';
import { CheckDisplay } from '../progress.js';
import { SIMULATED, type UseCases } from '../use-cases.js';

export interface ReproCommand {
  readonly file: string;
  readonly repro: RunnableRepro;
  /** Whether to look for the moment that decides a failure. */
  readonly explains: boolean;
  readonly presentation: Presentation;
  readonly environment: CliEnvironment;
  readonly useCases: UseCases;
}

/** A replay is for looking at once: what is not small is explained once it is shrunk. */
const REPLAY_EVENTS_MAX = 150_000;

export async function replayCommand(command: ReproCommand): Promise<ExitCode> {
  const { file, repro, environment } = command;
  const { runner, analyst, display } = await prepareRepro(command, `sim replay ${shellQuote(file)}`, {
    shrinkRunsMax: 0,
    explainEventsMax: REPLAY_EVENTS_MAX,
  });
  const result = await runner.runPlan(repro.repro.plan, { stacks: true }).finally(() => display.end());
  const explanation = await analyst.explain(result).finally(() => display.end());
  await presentRun(command, { result, budget: repro.repro.budget, explanation });
  const comparison = compareReplay(repro.repro, result);
  for (const line of linesOf(comparison, repro.repro, result)) environment.stderr.write(`sim: ${line}\n`);
  if (environment.signal.aborted) return interruptedLate(environment.stderr);
  return isFaithful(comparison) ? exitCodes[result.verdict] : exitCodes.nondeterministic;
}

/** What runs plans of the repro, and finds out about their failures. */
export async function prepareRepro(
  { repro, explains, environment, useCases }: ReproCommand,
  replay: string,
  limits: { readonly shrinkRunsMax: number; readonly explainEventsMax?: number },
) {
  const { signal, stderr, watchdog } = environment;
  const backend = await useCases.createBackend(SIMULATED, () => undefined);
  const display = new CheckDisplay(stderr);
  const heartbeat = withRunProgress(
    watchdog,
    () => environment.nowMs(),
    (progress) => display.show({ kind: 'run', ...progress }),
  );
  const runner = reproRunner({ repro, backend, replay, signal, heartbeat, steps: useCases });
  const analyst = new FailureAnalyst(
    {
      ...limits,
      explains,
      signal,
      steps: useCases,
      onProgress(progress) {
        display.show(progress);
        if (progress.kind === 'notice') stderr.write(`sim: ${progress.text}\n`);
      },
    },
    runner,
  );
  return { runner, analyst, display };
}

function linesOf(comparison: ReplayComparison, repro: Repro, result: RunResult): string[] {
  if (comparison.kind === 'same') return [`the same run: trace ${repro.trace.hash}`];
  const { after, before, sameSignature, sameVersion } = comparison;
  const from =
    after === undefined ? 'from the start' : `after event ${after.events} at ${formatTime(after.timeUs)}`;
  const to = before === undefined ? '' : `, before event ${before.events} at ${formatTime(before.timeUs)}`;
  const why = sameVersion
    ? 'the version is the same, so the scenario changed or something in it is not deterministic'
    : `version ${repro.version} made the repro, this is version ${result.version}`;
  return [
    `a different run: trace ${result.trace?.hash ?? 'none'} instead of ${repro.trace.hash}; they diverge ${from}${to}`,
    `${why}; ${sameSignature ? 'it still fails in the same way' : `it no longer fails with ${repro.signature ?? 'nothing'}`}`,
  ];
}
