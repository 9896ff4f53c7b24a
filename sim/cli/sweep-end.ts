/** How a sweep ended, for people and as an exit code: the same words for one that ran here and for one that was merged. */
import type { SweepResult } from '../explore/sweep-result.js';
import { singleLine } from '../input/parsed.js';
import type { Verdict } from '../run/run-result.js';
import { shellQuote } from '../input/shell-quote.js';
import { commandNameOf } from './command-name.js';
import type { CliEnvironment } from './environment.js';
import { exitCodes, worstVerdict, type ExitCode } from './exit-codes.js';

/** Of all scenarios. */
export function exitCodeOf(outcomes: readonly (Verdict | 'lost')[]): ExitCode {
  const worst = worstVerdict(outcomes.filter((outcome) => outcome !== 'lost'));
  return outcomes.includes('lost') && worst !== 'violated' ? exitCodes.internal : exitCodes[worst];
}

/** Says which seeds are lost, and which have not run. @param journal the folder in which it can be resumed */
export function tellEnd(environment: CliEnvironment, sweep: SweepResult, journal?: string): void {
  const { scenario, lost, interrupted, outOfTime, seedsRun, seedsPlanned } = sweep;
  const tell = (line: string) => environment.stderr.write(`sim: ${line}\n`);
  const name = singleLine(scenario);
  for (const { seed, how } of lost) tell(`seed ${seed} of ${name} is lost: its process ended with ${how}`);
  if (interrupted) {
    const resume = journal && `${commandNameOf(environment)} --resume ${shellQuote(journal)}`;
    const how = resume === undefined ? '' : `; ${resume} continues`;
    tell(`interrupted after ${seedsRun} of ${seedsPlanned} seeds${how}`);
  } else if (outOfTime) {
    tell(`${name}: out of time after ${seedsRun} of ${seedsPlanned} seeds`);
  }
}
