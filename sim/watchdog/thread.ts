/**
 * The thread that watches the main thread. It counts the processor time that the main thread has used since its last
 * beat. A machine that is busy with others, a paused process and a blocking wait thus cost nothing. After two seconds
 * it gives the signals back to the system, so that Ctrl-C works, and says where the main thread is. After the limit it
 * says where the main thread is and ends the process. Invariant: a main thread that makes progress is never touched.
 */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { formatSlow, formatStuck } from './format-stuck.js';
import { handleExpression } from './handle-expression.js';
import { pauseMain } from './main-stack.js';
import { PulseReader, type SharedPulse } from './pulse.js';

const TICK_MS = 200;
const RELEASE_AFTER_MS = 2000;

const EXIT_INTERNAL = 70;
const STDERR = 2;

const pulse = new PulseReader(workerData as SharedPulse);
let beats = pulse.beats;
let released = false;
let busyMs = 0;
let ticked = now();
let looking = false;
let advice = '';

parentPort?.on('message', (line: string) => (advice = line));

setInterval(() => {
  const { wallMs, processorMs } = now();
  const usedMs = Math.min(wallMs - ticked.wallMs, processorMs - ticked.processorMs);
  ticked = { wallMs, processorMs };
  if (looking) return;
  if (pulse.beats !== beats || pulse.limitSeconds === 0) {
    beats = pulse.beats;
    busyMs = 0;
    released = false;
    return;
  }
  busyMs += usedMs;
  if (busyMs >= pulse.limitSeconds * 1000) void end();
  else if (busyMs >= RELEASE_AFTER_MS && !released) void release();
}, TICK_MS);

async function release(): Promise<void> {
  looking = true;
  released = true;
  const main = await pauseMain();
  if (main !== undefined) {
    pulse.setReleased();
    await main.evaluate(handleExpression('release'));
    tell(formatSlow({ seconds: Math.round(busyMs / 1000), last: pulse.last, frames: main.frames }));
    main.resume();
  }
  looking = false;
}

async function end(): Promise<void> {
  looking = true;
  const { last } = pulse;
  const seconds = Math.round(busyMs / 1000);
  const main = await pauseMain();
  if (main === undefined && pulse.beats !== beats) {
    // It came back at the last moment.
    looking = false;
    return;
  }
  tell(formatStuck({ seconds, last, frames: main?.frames }));
  if (advice !== '') tell(`${advice}\n`);
  // There is no answer, for the process ends.
  await main?.evaluate(handleExpression('end', EXIT_INTERNAL));
  // What does not run JavaScript cannot be asked for an exit code.
  process.kill(process.pid, 'SIGKILL');
}

/** Writes to stderr itself: the main thread, which carries what its threads print, is stuck. */
function tell(text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(STDERR, bytes, written);
    } catch (error) {
      // A pipe that is full takes more in a moment.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}

/** Wall time, and the processor time of the whole process, of which this thread has next to none. */
function now(): { readonly wallMs: number; readonly processorMs: number } {
  const { user, system } = process.cpuUsage();
  return { wallMs: performance.now(), processorMs: (user + system) / 1000 };
}
