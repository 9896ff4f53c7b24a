/**
 * One process of a real cluster, in a process group of its own, with its output in a file. Invariant: the
 * reaper knows it while it runs.
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
  /** Called with the end of its output when it ends without {@link ManagedProcess.kill}. */
  readonly onDeath?: (lastWords: string) => void;
}

export class ManagedProcess {
  readonly #options: ManagedProcessOptions;
  readonly #child: ChildProcess;
  #running = true;
  #isKilled = false;
  /** It may end by itself without counting as a death. */
  mayEnd = false;
  #startError = '';

  /** Resolves when it has ended, for any reason. */
  readonly ended: Promise<void>;

  constructor(options: ManagedProcessOptions) {
    this.#options = options;
    const log = openSync(options.logPath, 'a');
    // Its own process group: only we end it, not an interrupt from the terminal. If the program is a wrapper,
    // its children end with it.
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

  /** Ends it with SIGKILL; resolves when it is gone. Does nothing if it has already ended. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#signal('SIGKILL');
    await this.ended;
  }

  /** Pauses it; its sockets stay open. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  /** Resumes it after `pause`. */
  resume(): void {
    this.#signal('SIGCONT');
  }

  /** The end of its output, in one line, for messages about why it failed; of a program in Go, what it says before its stacks. */
  lastWords(): string {
    const all = readFileSync(this.#options.logPath, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
    const panic = all.findLastIndex((line) => /^(panic|fatal error): /.test(line));
    const lines = panic === -1 ? all.slice(-3) : all.slice(panic, panic + 3);
    const words = lines.map((line) => line.slice(0, 400)).join(' | ');
    return words || this.#startError || 'it printed nothing';
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#running && this.#child.pid !== undefined) signalGroup(this.#child.pid, signal);
  }
}
