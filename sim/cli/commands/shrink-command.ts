/**
 * `sim shrink FILE`: makes a repro smaller and writes it beside the old one, which stays. Invariant: what it writes
 * fails with the same signature; its last line is the command that replays it.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeSize } from '../../explore/shrink/describe-size.js';
import { EnvironmentError } from '../../backend/environment-error.js';
import { quote, singleLine } from '../../input/parsed.js';
import { formatNoun } from '../../report/quantities.js';
import { formatRepro, reproOf } from '../../repro/repro.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { interruptedLate } from '../interrupted-late.js';
import { explainRepro } from '../explain-repro.js';
import { presentRun } from '../present.js';
import { shellQuote } from '../arguments/replay-arguments.js';
import type { ReplayRequest } from './replay-command.js';
import { runReproPlan } from '../run-repro-plan.js';
import { UsageError } from '../arguments/usage-error.js';
import { shrinkFailure } from '../../harness/shrink-failure.js';

/** @param maxRuns how many runs it may take */
export async function shrinkRepro(request: ReplayRequest, maxRuns: number): Promise<ExitCode> {
  const { file, repro, environment } = request;
  const { scenario } = repro;
  const target = `${file.replace(/(\.shrunk)?\.json$/, '')}.shrunk.json`;
  const replay = `sim replay ${shellQuote(target)}`;
  const failure = await runReproPlan(request, repro.repro.plan, { stacks: false, replay });
  if (failure.verdict !== 'violated') {
    throw new UsageError(`expected a repro that fails, ${quote(file)} is ${failure.verdict}`);
  }
  const { smallest, runs, complete } = await shrinkFailure(
    {
      ...{ failure, scenario, maxRuns },
      run: (plan, watch) => runReproPlan(request, plan, { stacks: false, ...watch, replay }),
      runToShow: (plan) => runReproPlan(request, plan, { stacks: true, replay }),
    },
    environment,
  );
  const made = reproOf(smallest, repro.repro.budget);
  if (made === undefined) throw new Error('a simulated run has a trace');
  try {
    await writeFile(path.resolve(environment.cwd, target), formatRepro(made));
  } catch (error) {
    const reason = singleLine(error instanceof Error ? error.message : String(error));
    throw new EnvironmentError(`cannot write ${quote(target)}: ${reason}`, { cause: error });
  }
  environment.stderr.write(
    `${describeSize(failure.plan)} became ${describeSize(smallest.plan)} in ${formatNoun(runs, 'run')}` +
      `${complete ? '' : ', more runs may make it smaller'}\n`,
  );
  const explanation = await explainRepro(request, smallest);
  await presentRun(request, { result: smallest, budget: repro.repro.budget, explanation });
  return environment.signal.aborted ? interruptedLate(environment) : exitCodes.violated;
}
