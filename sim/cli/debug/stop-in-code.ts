/**
 * `sim debug FILE --break EVENT`: waits for a debugger, runs the repro once and stops in the user's code at the event.
 * Invariant: the run is the repro's, however long it stands; the watchdog does not count that time.
 */
import inspector from 'node:inspector';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { breakAt, type Break } from '../../harness/debug/break-at.js';
import { EnvironmentError } from '../../backend/environment-error.js';
import { InputError } from '../../input/parsed.js';
import { describeEvent } from '../../explore/explain/event-text.js';
import { packageRoot } from '../../package-root.js';
import { formatCount, formatTime } from '../../report/quantities.js';
import { compareReplay } from '../../repro/compare-replay.js';
import { exitCodes, type ExitCode } from '../exit-codes.js';
import { prepareRepro, type ReproCommand } from '../commands/prepare-repro.js';

export async function stopInCode(command: ReproCommand, event: number): Promise<ExitCode> {
  const { repro, environment } = command;
  const { stderr, watchdog } = environment;
  const { plan, trace } = repro.repro;
  if (event > trace.events)
    throw new InputError(`--break: expected an event from 1 to ${trace.events}, got ${event}`);
  // A process that stands is not stuck; and one that stands cannot hear a signal.
  if (watchdog !== undefined) watchdog.limitSeconds = 0;
  environment.releaseSignals?.();
  waitForDebugger((line) => stderr.write(`sim: ${line}\n`));
  const { runner, display } = await prepareRepro({ ...command, workers: 1 }, '', { shrinkRunsMax: 0 });
  const isShipped = [...environment.scenarios, ...environment.specimens].includes(repro.scenario);
  const stopper: Break = breakAt({
    event,
    isOfUser: (url) => isOfUser(url, isShipped),
    onStop({ event: { number, timeUs, ...rest }, place }) {
      const text = describeEvent({ number, timeUs, ...rest }, { members: plan.members, faults: [] });
      stderr.write(
        `sim: stopped at ${place}, in event ${formatCount(number)} at ${formatTime(timeUs)}: ${text}\n`,
      );
    },
  });
  try {
    const result = await runner.runPlan(plan, { stacks: true, aloud: true, onEvent: stopper.onEvent });
    if (stopper.stop === undefined) stderr.write(`sim: no code of yours ran in event ${event} or after it\n`);
    const isSame = compareReplay(repro.repro, result).kind === 'same';
    stderr.write(
      isSame
        ? `sim: the same run: trace ${trace.hash}\n`
        : `sim: a different run: trace ${result.trace?.hash ?? 'none'} instead of ${trace.hash}\n`,
    );
  } finally {
    stopper.end();
    display.end();
  }
  return exitCodes.satisfied;
}

/** Opens this process to a debugger, unless Node.js was started for one. */
function waitForDebugger(tell: (line: string) => void): void {
  if (inspector.url() !== undefined) return;
  inspector.open();
  // Another process has the usual port.
  if (inspector.url() === undefined) inspector.open(0);
  const url = inspector.url();
  if (url === undefined) throw new EnvironmentError('cannot open a port for a debugger');
  tell(`attach a debugger: node inspect ${new URL(url).host}, chrome://inspect, or your editor`);
  inspector.waitForDebugger();
}

/** Neither Node.js nor the simulator nor a library; of this package only the scenarios and recipes under test. */
function isOfUser(url: string, isShipped: boolean): boolean {
  const place = path.isAbsolute(url) ? pathToFileURL(url).href : url;
  if (!place.startsWith('file:')) return false;
  const root = pathToFileURL(packageRoot()).href;
  if (!place.startsWith(`${root}/`)) return !place.includes('/node_modules/');
  const own = place.slice(root.length + 1).replace(/^dist\//, '');
  if (/^(sim|node_modules|page)\//.test(own)) return false;
  return isShipped || !/^(scenarios|src)\//.test(own);
}
