/**
 * `sim replay FILE`: runs a repro again. Invariant: it ends with the exit code of the run's verdict. Where the run is
 * another than the repro's, it says where they part and whether the failure is mended; where two runs differ, it ends
 * with that of nondeterminism.
 */
import { unlessAborted } from '../../explore/unless-aborted.js';
import { compareTwice, type Replayed, type TwiceCompared } from '../../harness/compare-twice.js';
import { formatTime } from '../../report/quantities.js';
import type { Repro } from '../../repro/repro.js';
import type { RunResult } from '../../run/run-result.js';
import { signaturesOf } from '../../run/signature.js';
import { shellQuote } from '../../input/shell-quote.js';
import { commandNameOf } from '../command-name.js';
import { exitCodes, interruptedLate, type ExitCode } from '../exit-codes.js';
import { presentRun } from '../present.js';
import { openReporters } from '../reporters.js';
import { prepareRepro, type AnalysisCommand } from './prepare-repro.js';

/** A replay should show its result soon: a large run is explained once it is shrunk. */
const REPLAY_EVENTS_MAX = 150_000;

export async function replayCommand(command: AnalysisCommand): Promise<ExitCode> {
  const { file, repro, environment } = command;
  const reporters = await openReporters(command);
  const { runner, analyst, display, close } = await prepareRepro(
    command,
    `${commandNameOf(environment)} replay ${shellQuote(file)}`,
    {
      shrinkRunsMax: 0,
      explainEventsMax: REPLAY_EVENTS_MAX,
    },
  );
  const result = await runner
    .runPlan(repro.repro.plan, { stacks: true, aloud: true })
    .finally(() => display.end());
  const explanation = await analyst.explain(result).finally(async () => {
    display.end();
    await close();
  });
  await presentRun(command, reporters, { result, budget: repro.repro.budget, explanation });
  const compared = await compareTwice(repro.repro, result, () =>
    unlessAborted(environment.signal, () => runner.runPlan(repro.repro.plan, { stacks: true })),
  );
  for (const line of linesOf(compared, repro.repro, result)) environment.stderr.write(`sim: ${line}\n`);
  if (environment.signal.aborted) return interruptedLate(environment.stderr);
  const { replayed } = compared;
  return replayed === 'nondeterministic' ? exitCodes.nondeterministic : exitCodes[result.verdict];
}

function linesOf({ comparison, replayed }: TwiceCompared, repro: Repro, result: RunResult): string[] {
  if (comparison.kind === 'same') return [`the same run: trace ${repro.trace.hash}`];
  const { after, before, sameVersion } = comparison;
  const from =
    after === undefined ? 'from the start' : `after event ${after.events} at ${formatTime(after.timeUs)}`;
  const to = before === undefined ? '' : `, before event ${before.events} at ${formatTime(before.timeUs)}`;
  const version = sameVersion
    ? ''
    : `; version ${repro.version} made the repro, this is version ${result.version}`;
  return [
    `a different run: trace ${result.trace?.hash ?? 'none'} instead of ${repro.trace.hash}; they diverge ${from}${to}${version}`,
    conclusionOf(replayed, repro, result),
  ];
}

function conclusionOf(replayed: Replayed, { signature = 'nothing' }: Repro, result: RunResult): string {
  switch (replayed) {
    case 'same':
    case 'fails still':
      return `it still fails in the same way, with ${signature}`;
    case 'fails otherwise':
      return `it fails in another way: with ${signaturesOf(result)[0] ?? 'nothing'} instead of ${signature}`;
    case 'mended':
      return `the failure no longer occurs: two equal runs of the plan are satisfied, and none fails with ${signature}`;
    case 'plan unusable':
      return 'the scenario has changed and no longer does what the plan says, so the repro shows nothing';
    case 'different':
      return `it no longer fails with ${signature}, and is ${result.verdict}`;
    case 'nondeterministic':
      return 'two runs of the plan differ: something in the scenario is not deterministic';
    default:
      return replayed satisfies never;
  }
}
