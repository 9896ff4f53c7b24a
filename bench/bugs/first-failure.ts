/** The first failure of a specimen from a seed on, and the result of shrinking it. */
import { shrink, type ShrinkResult } from '../../sim/explore/shrink/shrink.js';
import type { Budget } from '../../sim/engine/engine.js';
import { explainFailure } from '../../sim/harness/explain-failure.js';
import type { Plan } from '../../sim/plan/plan.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { Explanation } from '../../sim/run/explanation.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { runOnce, runSeed } from './run-seed.js';

const SHRINK_RUNS_MAX = 1000;
const SEEDS_MAX = 10_000;

/** The usual budget, or fewer events. */
function limitedTo(maxEvents: number): Budget {
  return { ...DEFAULT_BUDGET, maxEvents: Math.min(DEFAULT_BUDGET.maxEvents, maxEvents) };
}

/** By time alone. Rejects if there is none within 10,000 seeds. */
export async function firstFailure(specimen: Scenario, first: number): Promise<RunResult> {
  for (let seed = first; seed < first + SEEDS_MAX; seed++) {
    const { result } = await runSeed(specimen, 'time', seed);
    if (result.verdict === 'violated') return result;
  }
  throw new Error(`${specimen.name} does not fail with the ${SEEDS_MAX} seeds from ${first} on`);
}

/** Explains it as a sweep does, after a run that records its calls. */
export async function explainSmallest(specimen: Scenario, plan: Plan): Promise<Explanation | undefined> {
  return explainFailure({
    failure: await runOnce(specimen, plan, { recordCalls: true }),
    budget: DEFAULT_BUDGET,
    run: (future, budget, onEvent) => runOnce(specimen, future, { onEvent }, budget),
    notice: () => undefined,
    signal: new AbortController().signal,
  });
}

export function shrinkFailure(specimen: Scenario, failure: RunResult): Promise<ShrinkResult> {
  return shrink({
    failure,
    options: specimen.options,
    run: (plan, watch, maxEvents = Infinity) => runOnce(specimen, plan, watch, limitedTo(maxEvents)),
    canEnd: (plan) => specimen.canEnd?.(plan.nodes, plan.options) ?? true,
    maxRuns: SHRINK_RUNS_MAX,
    signal: new AbortController().signal,
  });
}
