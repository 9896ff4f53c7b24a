/** Says in a test runner, which shows no progress of its own, how far a run is that takes long. */
import type { ProgressListener } from '../check-progress.js';
import { describeProgress } from '../run-progress.js';

const FIRST_MS = 10_000;
const EVERY_MS = 30_000;

/** @param say prints one line */
export function sayingLongRuns(say: (line: string) => void): ProgressListener {
  let seed: number | undefined;
  let nextMs = FIRST_MS;
  return (progress) => {
    if (progress.kind !== 'run') return;
    if (progress.seed !== seed) [seed, nextMs] = [progress.seed, FIRST_MS];
    if (progress.elapsedMs < nextMs) return;
    nextMs = progress.elapsedMs + EVERY_MS;
    say(describeProgress(progress));
  };
}
