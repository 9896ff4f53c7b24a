/** The process of one pod, in a process group of its own, with its output in files. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { signalGroup } from '../../../sim/backend/real/operating-system.js';
import type { Place } from '../place.js';
import type { Command } from './container-process.js';

export interface Ended {
  /** As a container reports it: 128 and the number of the signal that ended it. */
  readonly exitCode: number;
  readonly startedAt: string;
  readonly finishedAt: string;
}

export class RunningPod {
  readonly startedAt = now();
  /** The file of its standard output. */
  readonly output: string;
  /** Resolves once its process is gone. */
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #running = true;

  constructor(place: Place, name: string, { words, env, directory }: Command) {
    const [program = '', ...rest] = words;
    const folder = place.folder('pods');
    this.output = path.join(folder, `${name}.out`);
    const files = [this.output, path.join(folder, `${name}.err`)].map((file) => openSync(file, 'a'));
    this.#child = spawn(program, rest, {
      cwd: directory,
      detached: true,
      env: { PATH: process.env['PATH'], HOME: directory, ...env },
      stdio: ['ignore', ...files],
    });
    for (const file of files) closeSync(file);
    const { pid } = this.#child;
    if (pid !== undefined) place.reaper.watch(pid);
    this.ended = new Promise((resolve) => {
      const end = (exitCode: number): void => {
        this.#running = false;
        if (pid !== undefined) place.reaper.forget(pid);
        resolve({ exitCode, startedAt: this.startedAt, finishedAt: now() });
      };
      this.#child.once('exit', (code, signal) =>
        end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
      // 127: the command was not found, as a shell reports it.
      this.#child.once('error', () => (pid === undefined ? end(127) : undefined));
    });
  }

  /** SIGKILL for the command and its children, as when a container dies. */
  kill(): void {
    if (this.#running && this.#child.pid !== undefined) signalGroup(this.#child.pid, 'SIGKILL');
  }
}

/** Kubernetes' times have whole seconds. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
