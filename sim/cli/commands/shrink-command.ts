/**
 * `sim shrink FILE`: makes a repro smaller and writes it beside the old one, which stays. Invariant: what it writes
 * fails with the same signature; its last line is the command that replays it.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { EnvironmentError } from '../../backend/environment-error.js';
import { describeSize } from '../../plan/plan.js';
import { quote, singleLine, InputError } from '../../input/parsed.js';
import { formatNoun } from '../../report/quantities.js';
import { formatRepro, reproOf } from '../../repro/repro.js';
import { shellQuote } from '../../input/shell-quote.js';
import { commandNameOf } from '../command-name.js';
import { exitCodes, interruptedLate, type ExitCode } from '../exit-codes.js';
import { presentRun } from '../present.js';
import { openReporters } from '../reporters.js';
import { prepareRepro, type AnalysisCommand } from './prepare-repro.js';

/** @param maxRuns how many runs it may take */
export async function shrinkCommand(command: AnalysisCommand, maxRuns: number): Promise<ExitCode> {
  const { file, repro, environment } = command;
  const reporters = await openReporters(command);
  const { plan, budget } = repro.repro;
  const target = `${file.replace(/(\.shrunk)?\.json$/, '')}.shrunk.json`;
  const { runner, analyst, display, close } = await prepareRepro(
    command,
    `${commandNameOf(environment)} replay ${shellQuote(target)}`,
    {
      shrinkRunsMax: maxRuns,
    },
  );
  const failure = await runner.runPlan(plan, { stacks: false, aloud: true });
  if (failure.verdict !== 'violated') {
    throw new InputError(`expected a failing repro, ${quote(file)} is ${failure.verdict}`);
  }
  const shrunk = await analyst.shrink(failure).finally(() => display.end());
  const { smallest, runs, complete } = shrunk ?? { smallest: failure, runs: 0, complete: false };
  const made = reproOf(smallest, budget);
  if (made === undefined) throw new Error('a simulated run has a trace');
  try {
    await writeFile(path.resolve(environment.cwd, target), formatRepro(made));
  } catch (error) {
    const reason = singleLine(error instanceof Error ? error.message : String(error));
    throw new EnvironmentError(`cannot write ${quote(target)}: ${reason}`, { cause: error });
  }
  environment.stderr.write(
    `${describeSize(failure.plan)} shrank to ${describeSize(smallest.plan)} in ${formatNoun(runs, 'run')}` +
      `${complete ? '' : '; more runs may make it smaller'}\n`,
  );
  const explanation = await analyst.explain(smallest).finally(async () => {
    display.end();
    await close();
  });
  await presentRun(command, reporters, { result: smallest, budget, explanation });
  return environment.signal.aborted ? interruptedLate(environment.stderr) : exitCodes.violated;
}
