/**
 * How the commands of this folder begin and end: progress on stderr, everything that was started ended, and an
 * exit code.
 */
import { exitCodes } from '../../sim/cli/exit-codes.js';
import { Place } from './place.js';
import { needKubernetes } from './servers.js';

export interface CommandHost {
  readonly place: Place;
  readonly signal: AbortSignal;
  /** Kubernetes' program. */
  readonly kubernetes: { readonly path: string; readonly version: string };
  /** Says one line of progress, after the seconds since the start. */
  tell(line: string): void;
  secondsSinceStart(): number;
}

/** Runs the command; its result says whether all was well. An interruption ends it at once. */
export async function runCommand(name: string, body: (host: CommandHost) => Promise<boolean>): Promise<void> {
  const interrupt = new AbortController();
  const { signal } = interrupt;
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
  for (const kind of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(kind, () => interrupt.abort(new Error(`interrupted by ${kind}`)));
  }
  const startedMs = performance.now();
  const secondsSinceStart = (): number => (performance.now() - startedMs) / 1000;
  const tell = (line: string): void =>
    console.error(`${secondsSinceStart().toFixed(1).padStart(6)} s  ${line}`);
  try {
    const kubernetes = await needKubernetes(signal, tell);
    const place = new Place(signal);
    try {
      const host = { place, signal, kubernetes, tell, secondsSinceStart };
      const isWell = await Promise.race([body(host), place.died, interrupted]);
      process.exitCode = isWell ? 0 : 1;
    } finally {
      await place.close();
    }
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = signal.aborted ? exitCodes.interrupted : 1;
  }
}
