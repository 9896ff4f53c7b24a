/**
 * The folder and the processes of one command. Invariant: however the command ends, even by SIGKILL, its
 * processes end and its folder is removed.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import { Cleanups } from '../../sim/backend/real/cleanups.js';
import { ManagedProcess } from '../../sim/backend/real/managed-process.js';
import { poll } from '../../sim/backend/real/poll.js';
import { Reaper } from '../../sim/backend/real/reaper.js';
import type { Env } from '../../sim/backend/real/tools.js';
import { UnexpectedExits } from '../../sim/backend/real/unexpected-exits.js';

const READY_INTERVAL_MS = 50;
/** 10 minutes: a busy machine may need long, and an ended server is noticed at once. */
const READY_ATTEMPTS = 12_000;

export interface ServerOptions {
  readonly name: string;
  readonly path: string;
  readonly arguments: readonly string[];
  /** True once it serves; an error counts as false. */
  isReady(): Promise<boolean>;
}

export class Place {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'etcd-sim-kubernetes-'));
  readonly reaper = new Reaper(this.directory);
  /** Rejects once a server dies by itself. */
  readonly died: Promise<never>;
  readonly signal: AbortSignal;
  readonly #exits = new UnexpectedExits();
  readonly #cleanups = new Cleanups();

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.died = this.#exits.first;
    this.#exits.watch();
    this.#cleanups.add(() => this.reaper.close());
  }

  /** A new folder in the place's own. */
  folder(name: string): string {
    const folder = path.join(this.directory, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** Runs before the processes end, in reverse order. */
  atEnd(step: () => Promise<void> | void): void {
    this.#cleanups.add(step);
  }

  /** Starts a server; resolves once it is ready. Rejects with an EnvironmentError if it ends before. */
  async serve({ name, arguments: words, isReady, ...program }: ServerOptions): Promise<void> {
    const { PATH, HOME } = process.env;
    const env: Env = { PATH, HOME };
    let starts = true;
    const server = new ManagedProcess({
      ...{ path: program.path, arguments: words, env, reaper: this.reaper },
      logPath: path.join(this.folder('logs'), `${name}.log`),
      onDeath: (words) => {
        if (!starts) this.#exits.report(name, words);
      },
    });
    this.atEnd(() => server.kill());
    const options = { attempts: READY_ATTEMPTS, intervalMs: READY_INTERVAL_MS, signal: this.signal };
    const ready = await poll(options, async () => {
      if (!server.running) throw new EnvironmentError(`${name} ended: ${server.lastWords()}`);
      return (await isReady().catch(() => false)) ? true : undefined;
    });
    if (ready !== true) throw new EnvironmentError(`${name} is not ready: ${server.lastWords()}`);
    starts = false;
  }

  /** Ends all processes and removes the folder. */
  async close(): Promise<void> {
    const failures = await this.#cleanups.run();
    if (failures.length > 0) throw new AggregateError(failures, 'could not clean up');
  }
}
