/**
 * How soon a specimen is found: starts from different seeds, each until its first failure. Invariant: a
 * start's CPU time covers only its runs; the cost of running code for the first time is spent before, in
 * uncounted runs.
 */
import { START_STRIDE } from '../../sim/explore/canary.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { baselines, runBaseline } from './baseline/index.js';
import type { Detection, DetectionCell, Way } from './cells.js';
import { runSeed } from './run-seed.js';

/** If this many starts have missed and none has found anything, the others are skipped. */
const HOPELESS_STARTS = 3;

/** The warm-up uses seeds of no start, until it has taken this much CPU time or this many searches. */
const WARM_UP_CPU_SECONDS = 0.5;
const WARM_UP_SEARCHES = 50;
const WARM_UP_RUNS = 2;

type Search = Omit<Detection, 'cpuSeconds'>;

export async function detect(specimen: Scenario, cell: DetectionCell): Promise<readonly Detection[]> {
  const { way, starts, runsMax } = cell;
  await warmUp(specimen, way, starts);
  const found: Detection[] = [];
  for (let start = 0; start < starts; start++) {
    const { value, cpuSeconds } = await measureCpu(() =>
      searchFrom(specimen, way, start * START_STRIDE, runsMax),
    );
    found.push({ ...value, cpuSeconds });
    if (found.length === HOPELESS_STARTS && !found.some(({ caught }) => caught)) break;
  }
  return found;
}

async function warmUp(specimen: Scenario, way: Way, starts: number): Promise<void> {
  let spentSeconds = 0;
  for (let index = 0; index < WARM_UP_SEARCHES && spentSeconds < WARM_UP_CPU_SECONDS; index++) {
    const first = (starts + index) * START_STRIDE;
    spentSeconds += (await measureCpu(() => searchFrom(specimen, way, first, WARM_UP_RUNS))).cpuSeconds;
  }
}

async function searchFrom(specimen: Scenario, way: Way, first: number, runsMax: number): Promise<Search> {
  if (way === 'fast-check') {
    const baseline = baselines[specimen.name];
    if (baseline === undefined) throw new Error(`no baseline tests ${specimen.name}`);
    const { caught, runs } = await runBaseline(baseline, { seed: first, runsMax });
    return { caught, runs, seeds: runs };
  }
  let runs = 0;
  for (let seeds = 1; ; seeds++) {
    const one = await runSeed(specimen, way, first + seeds - 1);
    runs += one.runs;
    const caught = one.result.verdict === 'violated';
    if (caught || runs >= runsMax) return { caught, runs, seeds };
  }
}

/** Including the CPU time of this process, in user code and in the system. */
export async function measureCpu<T>(
  body: () => Promise<T>,
): Promise<{ readonly value: T; readonly cpuSeconds: number }> {
  const before = process.cpuUsage();
  const value = await body();
  const { user, system } = process.cpuUsage(before);
  return { value, cpuSeconds: (user + system) / 1e6 };
}
