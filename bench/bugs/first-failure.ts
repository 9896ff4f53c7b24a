/** The first failure of a specimen from a seed on, and the result of shrinking it. */
import { shrink, type ShrinkResult } from '../../sim/explore/shrink/shrink.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { runOnce, runSeed } from './run-seed.js';

const SHRINK_RUNS_MAX = 1000;
const SEEDS_MAX = 10_000;

/** By time alone. Rejects if there is none within 10,000 seeds. */
export async function firstFailure(specimen: Scenario, first: number): Promise<RunResult> {
  for (let seed = first; seed < first + SEEDS_MAX; seed++) {
    const { result } = await runSeed(specimen, 'time', seed);
    if (result.verdict === 'violated') return result;
  }
  throw new Error(`${specimen.name} does not fail with the ${SEEDS_MAX} seeds from ${first} on`);
}

export function shrinkFailure(specimen: Scenario, failure: RunResult): Promise<ShrinkResult> {
  return shrink({
    failure,
    options: specimen.options,
    run: (plan, watch) => runOnce(specimen, plan, watch),
    canEnd: (plan) => specimen.canEnd?.(plan.nodes, plan.options) ?? true,
    maxRuns: SHRINK_RUNS_MAX,
    signal: new AbortController().signal,
  });
}
