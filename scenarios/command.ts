/**
 * The `sim` command: the one place where the simulator meets this package's scenarios and the process it runs in.
 */
import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import os from 'node:os';
import { ExitCodeGuard } from '../sim/cli/exit-code-guard.js';
import { keepOpen } from '../sim/cli/keep-open.js';
import { main } from '../sim/cli/main.js';
import type { TextOutput } from '../sim/cli/environment.js';
import { WatchedPulse } from '../sim/watchdog/watchdog.js';
import { OTHER_HOST, SECOND_RUN } from '../sim/cli/second-run.js';
import { VERSION } from '../sim/version.js';
import { scenarios, specimens } from './index.js';

const COLUMNS_WITHOUT_TERMINAL = 100;
const STDERR = 2;
const EXIT_INTERNAL = 70;
const EXIT_INTERRUPTED = 130;

const makesSecondRuns = process.env[SECOND_RUN] !== undefined;
// A second run is made on another machine, as far as the machine can be told.
if (makesSecondRuns) os.hostname = () => OTHER_HOST;

const interruption = new AbortController();
// Before any code of the user's is loaded.
const exitCodeGuard: ExitCodeGuard = new ExitCodeGuard(tell);
const streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr];
for (const stream of streams) keepOpen(stream);
/** Those that nobody reads any more. */
const unread = new Set<NodeJS.WriteStream>();
const writers = new Map(streams.map((stream) => [stream, stream.write.bind(stream)]));

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
listen();

// A reader that goes away early, as `sim list | head` does, is no error; what the run found still decides.
for (const stream of streams) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isUnread(error)) fail(`cannot write: ${error.message}`);
    unread.add(stream);
  });
}

// Whatever escapes everybody is a defect, and must not look like the verdict whose exit code Node.js would give it.
const endWith = (error: unknown): void => {
  fail(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
};
let onEscaped = endWith;
process.on('uncaughtException', (error: unknown) => onEscaped(error));

// stdout is data: what a config file or a scenario prints is not.
globalThis.console = new Console(process.stderr);

const code = await main(process.argv.slice(2), {
  version: VERSION,
  scenarios,
  specimens,
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  env: process.env,
  cwd: workingDirectory(),
  signal: interruption.signal,
  outliveExceptions: (report) => {
    onEscaped = report;
    return () => (onEscaped = endWith);
  },
  watchdog: new WatchedPulse({ signals: { release: stopListening, listen } }),
  program: { file: process.argv[1] ?? '', arguments: process.argv.slice(2) },
  makesSecondRuns,
  async loadUserCode(load) {
    const { Ambient } = await import('../sim/engine/ambient/ambient.js');
    const { atTheBeginning } = await import('../sim/engine/ambient/surroundings.js');
    const { refuseInNode } = await import('../sim/engine/ambient/escapes.js');
    exitCodeGuard.refuse = refuseInNode;
    Ambient.installEverywhere();
    return atTheBeginning(load);
  },
  ownModules: {
    'etcd-sim': () => import('../src/index.js'),
    'etcd-sim/sim': () => import('../sim/index.js'),
  },
  // Wall time, which is shown and decides nothing.
  nowMs: () => performance.now(),
});

// What is written must be out before the process ends; what a node of an interrupted run still waits for must not
// keep it.
for (const [stream, write] of writers) {
  await new Promise<void>((resolve) => {
    write('', (error) => {
      if (error && !isUnread(error) && !unread.has(stream)) fail(`cannot write: ${error.message}`);
      resolve();
    });
  });
}
exitCodeGuard.exit(code);

/** Whether it says that the reader has gone away. */
function isUnread({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE';
}

/** The first signal asks for an orderly end, the second insists. */
function interrupt(signal: NodeJS.Signals): void {
  if (interruption.signal.aborted) exitCodeGuard.exit(EXIT_INTERRUPTED);
  interruption.abort(new Error(`interrupted by ${signal}`));
}

function listen(): void {
  for (const signal of signals) process.on(signal, interrupt);
}

function stopListening(): void {
  for (const signal of signals) process.off(signal, interrupt);
}

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return fail('the working directory does not exist any more');
  }
}

/** Ends the process here and now. */
function fail(message: string): never {
  tell(message);
  exitCodeGuard.exit(EXIT_INTERNAL);
}

/** Writes to stderr without waiting for it, as long as somebody reads it. */
function tell(message: string): void {
  try {
    writeSync(STDERR, `sim: ${message}\n`);
  } catch {
    // Nobody reads it.
  }
}

function outputOf(stream: NodeJS.WriteStream): TextOutput {
  const write = writers.get(stream) ?? stream.write.bind(stream);
  return {
    write: (text) => write(text),
    isTTY: stream.isTTY ?? false,
    get columns() {
      return stream.columns ?? COLUMNS_WITHOUT_TERMINAL;
    },
  };
}
