/** The command itself, start to exit, for the default bank: compared with its limit of a second. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { measureRatio, type Ratio } from './ratio.js';

const ALLOWED_MS = 1000;
const RUNS = 7;
const command = fileURLToPath(new URL('../scenarios/main.js', import.meta.url));

export async function commandTime(): Promise<readonly Ratio[]> {
  return [
    await measureRatio({
      name: 'one second / sim --seed 42 --scenario bank, start to exit',
      pairs: RUNS,
      wanted: 1,
      above: () => Promise.resolve(ALLOWED_MS),
      below: () => Promise.resolve(commandMs()),
      detail: (_, tookMs) => `${Math.round(tookMs)} ms (median), with the HTML report`,
    }),
  ];
}

function commandMs(): number {
  const startedMs = performance.now();
  execFileSync(process.execPath, [command, '--seed', '42', '--scenario', 'bank'], { stdio: 'ignore' });
  return performance.now() - startedMs;
}
