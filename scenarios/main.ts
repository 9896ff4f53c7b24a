#!/usr/bin/env node
/**
 * The `sim` command: the one place where the simulator meets this package's scenarios and the process it runs in.
 */
import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { main } from '../sim/cli/main.js';
import type { TextOutput } from '../sim/cli/environment.js';
import { VERSION } from '../sim/version.js';
import { scenarios, specimens } from './index.js';

const COLUMNS_WITHOUT_TERMINAL = 100;
const EXIT_INTERNAL = 70;
const EXIT_INTERRUPTED = 130;

const interruption = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The first asks for an orderly end, the second insists.
    if (interruption.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interruption.abort(new Error(`interrupted by ${signal}`));
  });
}

// A reader that goes away early, as `sim list | head` does, is no error; what the run found still decides.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') fail(`cannot write: ${error.message}`);
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

let done = false;
process.on('exit', () => {
  if (done || interruption.signal.aborted) return;
  process.exitCode = EXIT_INTERNAL;
  tell('the process was ended before the command was done, by code of a config file or a scenario');
});

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
  // Wall time, which is shown and decides nothing.
  nowMs: () => performance.now(),
});

// What is written must be out before the process ends; what a node of an interrupted run still waits for must not
// keep it.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((resolve) => {
    stream.write('', () => resolve());
  });
}
done = true;
process.exit(code);

function workingDirectory(): string {
  try {
    return process.cwd();
  } catch {
    return fail('the working directory does not exist any more');
  }
}

/** Ends the process here and now. */
function fail(message: string): never {
  done = true;
  tell(message);
  process.exit(EXIT_INTERNAL);
}

/** Writes to stderr without waiting for it, as long as somebody reads it. */
function tell(message: string): void {
  try {
    writeSync(process.stderr.fd, `sim: ${message}\n`);
  } catch {
    // Nobody reads it.
  }
}

function outputOf(stream: NodeJS.WriteStream): TextOutput {
  return {
    write: (text) => stream.write(text),
    isTTY: stream.isTTY ?? false,
    get columns() {
      return stream.columns ?? COLUMNS_WITHOUT_TERMINAL;
    },
  };
}
