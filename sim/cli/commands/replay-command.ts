/**
 * `sim replay FILE`: runs a repro again. Invariant: it ends with the exit code of the run's verdict only where the
 * trace is the repro's; where it is another, it says between which moments they part, and whether the failure is the
 * same all the same.
 */
import { formatTime } from '../../report/quantities.js';
import { compareReplay, type ReplayComparison } from '../../repro/compare-replay.js';
import type { RunnableRepro } from '../../repro/parse-repro.js';
import type { Repro } from '../../repro/repro.js';
import type { RunResult } from '../../run/run-result.js';
import type { CliEnvironment } from '../environment.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { interruptedLate } from '../interrupted-late.js';
import type { Machinery } from '../use-cases.js';
import { presentRun, type Presentation } from '../present.js';
import { shellQuote } from '../arguments/replay-arguments.js';
import { explainRepro } from '../explain-repro.js';
import { runReproPlan } from '../run-repro-plan.js';

export interface ReplayRequest {
  readonly file: string;
  readonly repro: RunnableRepro;
  /** Whether to look for the moment that decides a failure. */
  readonly explains: boolean;
  readonly presentation: Presentation;
  readonly environment: CliEnvironment;
  readonly machinery: Machinery;
}

/** A replay is for looking at once: what is not small is explained once it is shrunk. */
const REPLAY_EVENTS_MAX = 150_000;

export async function replayRepro(request: ReplayRequest): Promise<ExitCode> {
  const { file, repro, environment } = request;
  const result = await runReproPlan(request, repro.repro.plan, {
    stacks: true,
    replay: `sim replay ${shellQuote(file)}`,
  });
  const explanation = await explainRepro(request, result, REPLAY_EVENTS_MAX);
  await presentRun(request, { result, budget: repro.repro.budget, explanation });
  const comparison = compareReplay(repro.repro, result);
  for (const line of linesOf(comparison, repro.repro, result)) environment.stderr.write(`sim: ${line}\n`);
  if (environment.signal.aborted) return interruptedLate(environment);
  const faithful = comparison.kind === 'same' || (comparison.sameSignature && !comparison.sameVersion);
  return faithful ? exitCodes[result.verdict] : exitCodes.nondeterministic;
}

function linesOf(comparison: ReplayComparison, repro: Repro, result: RunResult): string[] {
  if (comparison.kind === 'same') return [`the same run: trace ${repro.trace.hash}`];
  const { after, before, sameSignature, sameVersion } = comparison;
  const from =
    after === undefined ? 'from the start' : `after event ${after.events} at ${formatTime(after.timeUs)}`;
  const to = before === undefined ? '' : `, before event ${before.events} at ${formatTime(before.timeUs)}`;
  const why = sameVersion
    ? 'the version is the same, so something in it is not deterministic, or the scenario was changed'
    : `the repro was made by version ${repro.version}, this is ${result.version}`;
  return [
    `another run: trace ${result.trace?.hash ?? 'none'} instead of ${repro.trace.hash}; they part ${from}${to}`,
    `${why}; ${sameSignature ? 'it fails in the same way' : `it does not fail with ${repro.signature ?? 'nothing'}`}`,
  ];
}
