/**
 * One process of a real cluster, in a process group of its own, with its output in a file. Invariant: the reaper
 * knows it for as long as it runs.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { signalGroup } from './operating-system.js';
import type { Env } from './tools.js';
import type { Reaper } from './reaper.js';

export interface ManagedProcessOptions {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly env: Env;
  /** Its output is appended here. */
  readonly logPath: string;
  readonly reaper: Reaper;
  /** Told when it ends and {@link ManagedProcess.kill} is not why, with the end of what it printed. */
  readonly onDeath?: (lastWords: string) => void;
}

export class ManagedProcess {
  readonly #options: ManagedProcessOptions;
  readonly #child: ChildProcess;
  #running = true;
  #isKilled = false;
  /** It may end by itself, and that is no death. */
  mayEnd = false;
  #startError = '';

  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;

  constructor(options: ManagedProcessOptions) {
    this.#options = options;
    const log = openSync(options.logPath, 'a');
    // Its own process group: it ends when we say so, not when a terminal interrupts us, and if the program is a
    // wrapper its children end with it.
    this.#child = spawn(options.path, options.arguments, {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...options.env },
    });
    closeSync(log);
    const { pid } = this.#child;
    if (pid !== undefined) options.reaper.watch(pid);
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#running = false;
        if (pid !== undefined) options.reaper.forget(pid);
        if (!this.#isKilled && !this.mayEnd) options.onDeath?.(this.lastWords());
        resolve();
      };
      this.#child.once('exit', end);
      this.#child.once('error', (error) => {
        this.#startError = error.message;
        if (pid === undefined) end();
      });
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** Ends it with SIGKILL; resolves when it is gone. Does nothing when it has ended already. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#signal('SIGKILL');
    await this.ended;
  }

  /** Stops it where it is; its sockets stay open. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  /** Lets it go on after `pause`. */
  resume(): void {
    this.#signal('SIGCONT');
  }

  /** The end of what it printed, in one line, for messages about why it failed. */
  lastWords(): string {
    const lines = readFileSync(this.#options.logPath, 'utf8').trim().split('\n').slice(-3);
    const words = lines.map((line) => line.slice(0, 400)).join(' | ');
    return words || this.#startError || 'it printed nothing';
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#running && this.#child.pid !== undefined) signalGroup(this.#child.pid, signal);
  }
}
