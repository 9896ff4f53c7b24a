/**
 * `npm run soak`: many seeds of every scenario, with all faults and strategies, each run twice by default,
 * the second time in another process.
 * Exits 1 if any of them is violated, inconclusive, nondeterministic or cannot run. stdout is Markdown,
 * stderr is progress.
 */
import { parseArgs } from 'node:util';
import { scenarios } from '../../scenarios/index.js';
import { strategyNames } from '../../sim/explore/strategies/strategy-selection.js';
import { doAll } from '../pool.js';
import type { SoakJob, SoakResult } from './job.js';
import { soakJobs } from './jobs.js';
import { formatSoak } from './table.js';

const PROGRESS_EVERY = 20;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20000' },
    'first-seed': { type: 'string', default: '0' },
    'twice-every': { type: 'string', default: '1' },
    scenario: { type: 'string', multiple: true, default: scenarios.map(({ name }) => name) },
    strategy: { type: 'string', multiple: true, default: [] },
    workers: { type: 'string', default: '2' },
  },
});
const counts = [values.seeds, values['first-seed'], values.workers, values['twice-every']].map(Number);
const [seeds = 0, firstSeed = 0, workers = 0, twiceEvery = 0] = counts;
const unknown = values.scenario.find((name) => !scenarios.some((scenario) => scenario.name === name));
const strategies = values.strategy.flatMap((name) => strategyNames.filter((known) => known === name));
const isWhole = counts.every((count) => Number.isSafeInteger(count) && count >= 0);
if (!isWhole || workers < 1 || twiceEvery < 1) {
  console.error('soak: expected whole numbers for --seeds, --first-seed, --workers and --twice-every');
  process.exitCode = 64;
} else if (unknown !== undefined) {
  console.error(`soak: expected --scenario with a known scenario, got ${unknown}`);
  process.exitCode = 64;
} else if (strategies.length < values.strategy.length) {
  console.error(
    `soak: expected --strategy with one of ${strategyNames.join(', ')}, got ${values.strategy.join(', ')}`,
  );
  process.exitCode = 64;
} else {
  const jobs = soakJobs({ scenarios: values.scenario, seeds, firstSeed, twiceEvery, strategies });
  const results = await doAll<SoakJob, SoakResult>({
    ...{ jobs, workers, script: new URL('./worker.js', import.meta.url) },
    progress(done, { unsound }) {
      for (const { kind, replay, message } of unsound) console.error(`${kind}: ${message}\n  ${replay}`);
      if (done.length % PROGRESS_EVERY > 0 && done.length < jobs.length) return;
      const sum = done.reduce((total, { job }) => total + job.seeds, 0);
      console.error(`${sum} of ${seeds} seeds`);
    },
  });
  console.log(formatSoak(results));
  process.exitCode = results.some(({ unsound }) => unsound.length > 0) ? 1 : 0;
}
