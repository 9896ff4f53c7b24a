/** Shrinks a failing run, telling how far it is. Invariant: what it gives was run and fails in the same way. */
import { canEnd } from '../scenario/can-end.js';
import { describeSize } from '../explore/shrink/describe-size.js';
import { shrink, type ShrinkResult } from '../explore/shrink/shrink.js';
import type { RunWatch } from '../explore/explore-seed.js';
import type { Plan } from '../plan/plan.js';
import type { RunResult } from '../run/run-result.js';
import type { Scenario } from '../scenario/scenario.js';
import type { CliEnvironment } from '../cli/environment.js';
import { createLineDisplay } from '../cli/progress.js';

export interface ShrinkOrder {
  readonly failure: RunResult;
  readonly scenario: Scenario;
  readonly maxRuns: number;
  /** How many events all runs together may have; those of {@link maxRuns} by default. */
  readonly maxEvents?: number;
  run(plan: Plan, watch?: RunWatch): Promise<RunResult>;
  /** Runs a plan as what is shown is run: with stacks, and with its calls. */
  runToShow(plan: Plan): Promise<RunResult>;
}

export async function shrinkFailure(order: ShrinkOrder, environment: CliEnvironment): Promise<ShrinkResult> {
  const { failure, scenario, maxRuns, maxEvents, run, runToShow } = order;
  const display = createLineDisplay(environment.stderr);
  const result = await shrink({
    failure,
    options: scenario.options,
    run,
    canEnd: (plan) => canEnd(scenario, plan),
    maxRuns,
    maxEvents,
    progress: ({ runs, plan }) => display.show(`shrinking, run ${runs}: ${describeSize(plan)}`),
    signal: environment.signal,
  }).finally(() => display.end());
  if (environment.signal.aborted) return result;
  try {
    const shown = await runToShow(result.smallest.plan);
    return shown.trace?.hash === result.smallest.trace?.hash ? { ...result, smallest: shown } : result;
  } catch (error) {
    if (environment.signal.aborted) return result;
    throw error;
  }
}
