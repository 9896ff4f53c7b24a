/**
 * A watchdog: names code that keeps the processor busy, and ends the process with exit code 70. Invariant: it does
 * not affect a run, does nothing while a debugger is attached, and costs a run two stores per event.
 */
import { existsSync } from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';
import { isMainThread, Worker } from 'node:worker_threads';
import type { Heartbeat } from '../engine/heartbeat.js';
import { offerHandle } from './handle.js';
import { createSharedPulse, Pulse, STUCK_AFTER_SECONDS, type SharedPulse } from './pulse.js';

export interface WatchdogOptions {
  /**
   * After so many seconds of processor time without coming back the main thread counts as stuck; 0 for never. Default
   * {@link STUCK_AFTER_SECONDS}.
   */
  readonly seconds?: number;
  /** Signals that are listened to in JavaScript, and are given back to the system while the main thread is stuck. */
  readonly signals?: { release(): void; listen(): void };
}

export interface Watchdog {
  /** Pass it to `runPlan`, so the watchdog can name seed, node and virtual time. */
  readonly heartbeat: Heartbeat;
  stop(): void;
}

/** A day. */
export const WATCHDOG_SECONDS_MAX = 86_400;

const BEAT_EVERY_MS = 200;

/** Only a build has it: Node.js runs no thread from TypeScript. */
const THREAD = new URL('./thread.js', import.meta.url);

// Those of Node.js, not those of a run.
const [startTimer, stopTimer] = [setInterval, clearInterval];

/** A pulse, and the thread that feels it. */
export class WatchedPulse extends Pulse {
  readonly #shared: SharedPulse;
  readonly #signals: NonNullable<WatchdogOptions['signals']>;
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor({ seconds = STUCK_AFTER_SECONDS, signals }: WatchdogOptions = {}) {
    const shared = createSharedPulse(seconds);
    super(shared);
    this.#shared = shared;
    this.#signals = signals ?? { release: () => undefined, listen: () => undefined };
  }

  /**
   * Begins to watch; not where a debugger is attached, nor in another thread than the main one, which it would watch.
   */
  watch(): void {
    if (this.#worker !== undefined || !isMainThread || inspectorUrl() !== undefined) return;
    if (!existsSync(THREAD)) return;
    const { release, listen } = this.#signals;
    offerHandle({ release });
    this.#worker = new Worker(THREAD, {
      workerData: this.#shared,
      // No loader of the user's is needed there.
      execArgv: [],
    });
    // Without it nothing is watched, and nothing is wrong.
    this.#worker.on('error', () => undefined);
    this.#worker.unref();
    this.#timer = startTimer(() => {
      if (this.turn()) listen();
    }, BEAT_EVERY_MS);
    this.#timer.unref();
  }

  /** If the main thread is ended from now on, its last words are this line. */
  advise(line: string): void {
    this.#worker?.postMessage(line);
  }

  stop(): void {
    void this.#worker?.terminate();
    stopTimer(this.#timer);
    this.#worker = undefined;
  }
}

/** Watches from now on until it is stopped. It does not keep the process alive. */
export function startWatchdog(options: WatchdogOptions = {}): Watchdog {
  const pulse = new WatchedPulse(options);
  pulse.watch();
  return { heartbeat: pulse, stop: () => pulse.stop() };
}
