/**
 * The `sim` command: the one place where the simulator meets this package's scenarios and the process it runs in.
 */
import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import os from 'node:os';
import { ExitCodeGuard } from '../sim/cli/exit-code-guard.js';
import { keepOpen } from '../sim/cli/keep-open.js';
import { main } from '../sim/cli/main.js';
import type { CliEnvironment, TextOutput } from '../sim/cli/environment.js';
import { WatchedPulse } from '../sim/watchdog/watchdog.js';
import { OTHER_HOST, SECOND_RUN } from '../sim/cli/second-run.js';
import { SEED_WORKER } from '../sim/cli/workers.js';
import { VERSION } from '../sim/version.js';
import { scenarios, specimens } from './index.js';

const COLUMNS_WITHOUT_TERMINAL = 100;
const STDERR = 2;
const EXIT_INTERNAL = 70;
const EXIT_INTERRUPTED = 130;

const role = roleOf(process.env);
// A second run pretends to be on another machine, as far as code can see the machine.
if (role === 'second runs') os.hostname = () => OTHER_HOST;

const interruption = new AbortController();
// Before any code of the user's is loaded.
const exitCodeGuard: ExitCodeGuard = new ExitCodeGuard(tell);
const streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr];
for (const stream of streams) keepOpen(stream);
/** Streams that have no reader any more. */
const unread = new Set<NodeJS.WriteStream>();
const writers = new Map(streams.map((stream) => [stream, stream.write.bind(stream)]));

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
listen();

// A reader that leaves early, as in `sim list | head`, is no error; the run's finding still decides.
for (const stream of streams) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!isUnread(error)) fail(`cannot write: ${error.message}`);
    unread.add(stream);
  });
}

// An uncaught error is a defect, and must not look like the verdict with the exit code that Node.js would
// use.
const endWith = (error: unknown): void => {
  fail(`internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
};
let onEscaped = endWith;
process.on('uncaughtException', (error: unknown) => onEscaped(error));

// stdout is data; the output of a config file or a scenario is not.
globalThis.console = new Console(process.stderr);

const code = await main(process.argv.slice(2), {
  version: VERSION,
  scenarios,
  specimens,
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  // It opens when it is first looked at.
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  cwd: workingDirectory(),
  signal: interruption.signal,
  releaseSignals: stopListening,
  outliveExceptions: (report) => {
    onEscaped = report;
    return () => (onEscaped = endWith);
  },
  watchdog: new WatchedPulse({ signals: { release: stopListening, listen } }),
  program: { file: process.argv[1] ?? '', arguments: process.argv.slice(2) },
  role,
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
  // Wall time and the time of day are shown, and decide nothing in a run.
  nowMs: () => performance.now(),
  timeOfDay: () => new Date().toISOString(),
});

// All output must be written before the process ends. A node of an interrupted run that still waits must not
// keep the process alive.
for (const [stream, write] of writers) {
  await new Promise<void>((resolve) => {
    write('', (error) => {
      if (error && !isUnread(error) && !unread.has(stream)) fail(`cannot write: ${error.message}`);
      resolve();
    });
  });
}
exitCodeGuard.exit(code);

/** Whether it reports that the reader has left. */
function isUnread({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE';
}

function roleOf(env: NodeJS.ProcessEnv): CliEnvironment['role'] {
  if (env[SECOND_RUN] !== undefined) return 'second runs';
  return env[SEED_WORKER] === undefined ? undefined : 'seeds';
}

/**
 * The first signal requests an orderly end, the second enforces it. A worker leaves that decision to its
 * parent process.
 */
function interrupt(signal: NodeJS.Signals): void {
  if (role === 'seeds') return;
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
    return fail('the working directory no longer exists');
  }
}

/** Ends the process immediately. */
function fail(message: string): never {
  tell(message);
  exitCodeGuard.exit(EXIT_INTERNAL);
}

/** Writes to stderr without waiting for it, as long as it has a reader. */
function tell(message: string): void {
  try {
    writeSync(STDERR, `sim: ${message}\n`);
  } catch {
    // It has no reader.
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
    get rows() {
      return stream.rows;
    },
    onResize(listener) {
      stream.on('resize', listener);
      return () => void stream.off('resize', listener);
    },
  };
}
