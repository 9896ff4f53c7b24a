/**
 * A sweep with two workers against two independent processes with half of the seeds each: the cost of sending runs to the
 * process that adds them up, in order.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measureRatio, type Ratio } from './ratio.js';

const SEEDS = Number(process.env['SIM_BENCH_SEEDS'] ?? 2000);
const PAIRS = 3;
const sim = fileURLToPath(new URL('../scenarios/main.js', import.meta.url));
const small = ['--scenario', 'register', '--no-report', '--keep-going'];

export async function sweepRates(): Promise<readonly Ratio[]> {
  const half = Math.floor(SEEDS / 2);
  const ratio = await measureRatio({
    name: `${SEEDS} seeds with 2 workers / in 2 processes`,
    pairs: PAIRS,
    wanted: 0.9,
    above: () => rateOf([[`0..${SEEDS - 1}`, '2']]),
    below: () =>
      rateOf([
        [`0..${half - 1}`, '1'],
        [`${half}..${SEEDS - 1}`, '1'],
      ]),
    detail: (workers, processes) =>
      `${workers.toFixed(0)} and ${processes.toFixed(0)} seeds a second, with starting; ${availableParallelism()} processors (${cpus()[0]?.model ?? 'of an unknown kind'})`,
  });
  return [ratio];
}

/** Seeds a second, until the last process has ended. */
async function rateOf(sweeps: readonly (readonly [seeds: string, workers: string])[]): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(
    sweeps.map(async ([seeds, workers]) => {
      const words = [sim, ...small, '--seeds', seeds, '--workers', workers];
      const child = spawn(process.execPath, words, { stdio: 'ignore' });
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`the sweep over ${seeds} ended with ${String(code)}`);
    }),
  );
  return (SEEDS * 1000) / (performance.now() - startedMs);
}
