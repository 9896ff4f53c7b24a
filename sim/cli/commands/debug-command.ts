/**
 * `sim debug FILE`: steps through a repro, back and forth; on a terminal by keys, elsewhere by lines of stdin. With
 * `--at` it prints one moment. The repro of a test is run by its test runner. Invariant: the run is the repro's; where it is
 * another, stderr says so.
 */
import { openTimeline, type OpenedTimeline } from '../../harness/debug/open-timeline.js';
import { InputError } from '../../input/parsed.js';
import { createPaint } from '../../report/paint.js';
import type { MomentStyle } from '../../report/moment/sections.js';
import type { TestSource } from '../../run/run-result.js';
import { momentText, stepByLines } from '../debug/by-lines.js';
import type { Place } from '../debug/place.js';
import { Stepper } from '../debug/stepper.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import type { Presenter } from '../present.js';
import { prepareRepro, type ReproCommand } from './prepare-repro.js';

interface Places {
  /** The moment to print, or to begin at. */
  readonly at: Place | undefined;
  /** The event at which a debugger stops the run. */
  readonly breakAt: number | undefined;
}

export interface DebugCommand extends ReproCommand, Places {}

export interface DebugTestCommand extends Omit<Presenter, 'useCases'>, Places {
  readonly file: string;
  readonly test: TestSource;
}

export async function debugCommand(command: DebugCommand): Promise<ExitCode> {
  const { at, breakAt } = command;
  if (breakAt !== undefined) {
    if (at !== undefined) throw new InputError('--at and --break: expected one of them');
    const { stopInCode } = await import('../debug/stop-in-code.js');
    return stopInCode(command, breakAt);
  }
  return stepThrough(await open(command), command);
}

export async function debugTestCommand(command: DebugTestCommand): Promise<ExitCode> {
  if (command.breakAt !== undefined) {
    throw new InputError(
      '--break: expected the repro of a scenario, got that of a test: start its runner for a debugger (docs/debugging.md)',
    );
  }
  const { timelineOfTest } = await import('../debug/timeline-of-test.js');
  return stepThrough(await timelineOfTest(command), command);
}

async function stepThrough(
  { timeline, comparison }: OpenedTimeline,
  { at, environment, presentation }: Pick<DebugTestCommand, 'at' | 'environment' | 'presentation'>,
): Promise<ExitCode> {
  const { stdin, stdout, stderr } = environment;
  if (comparison.kind !== 'same') {
    stderr.write('sim: this run is not the one of the repro: the code or the version has changed\n');
  }
  const isTerminal = stdin?.isTTY === true && stdout.isTTY && environment.env['TERM'] !== 'dumb';
  const style: MomentStyle = { paint: createPaint(presentation.color), width: presentation.width };
  const stepper = new Stepper(timeline, at ?? { kind: timeline.failure === undefined ? 'start' : 'failure' });
  if (stdin !== undefined && isTerminal && at === undefined) {
    const { stepOnScreen } = await import('../debug/screen.js');
    await stepOnScreen(stepper, { stdin, stdout, signal: environment.signal, paint: style.paint });
    return environment.signal.aborted ? exitCodes.interrupted : exitCodes.satisfied;
  }
  const isPrinted = at !== undefined || stdin === undefined;
  // A user who types sees where that begins.
  if (isPrinted || stdin.isTTY === true) stdout.write(momentText(stepper, style));
  if (!isPrinted) await stepByLines(stepper, stdin, stdout, style);
  return exitCodes.satisfied;
}

async function open(command: DebugCommand): Promise<OpenedTimeline> {
  const { repro, environment } = command;
  const { signal, stderr } = environment;
  const { runner, display } = await prepareRepro({ ...command, workers: 1 }, '', { shrinkRunsMax: 0 });
  const notice = (line: string): void => void stderr.write(`sim: ${line}\n`);
  return openTimeline(repro.repro, runner, { notice, signal }).finally(() => display.end());
}
