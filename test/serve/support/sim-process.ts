/** `sim serve` as a process, as built by `npm run build`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { root } from '../../architecture/sources.js';

const command = path.join(root, 'dist/scenarios/main.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SimProcess {
  /** The first line that it prints; undefined if it ends without one. */
  readonly endpoint: Promise<string | undefined>;
  readonly ended: Promise<Ended>;
  /** Interrupts it as Ctrl-C does; resolves when it has ended. */
  interrupt(): Promise<Ended>;
  /** Sends it the signal; resolves when it has ended. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export function startSimServe(...flags: readonly string[]): SimProcess {
  const child = spawn(process.execPath, [command, 'serve', ...flags], {
    cwd: import.meta.dirname,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const endpoint = new Promise<string | undefined>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said.stdout += chunk.toString();
      if (said.stdout.includes('\n')) resolve(said.stdout.split('\n')[0]);
    });
    child.once('close', () => resolve(undefined));
  });
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, ...said }));
  const end = (signal: NodeJS.Signals): Promise<Ended> => {
    child.kill(signal);
    return ended;
  };
  return {
    endpoint,
    ended,
    interrupt: () => end('SIGINT'),
    end,
  };
}
