/** Shrinks a failing run. Invariant: the run that it returns was run, and fails in the same way. */
import type { DrawnValues } from '../explore/shrink/draws.js';
import { shrink, type ShrinkProgress, type ShrinkResult } from '../explore/shrink/shrink.js';
import type { Plan } from '../plan/plan.js';
import type { RunResult } from '../run/run-result.js';
import type { RunWatch } from '../run/run-watch.js';
import { canEnd } from '../scenario/nodes-of.js';
import type { Scenario } from '../scenario/scenario.js';

export interface ShrinkRequest {
  readonly failure: RunResult;
  readonly scenario: Scenario;
  readonly maxRuns: number;
  /** The values that its code draws while it runs, to be shrunk too; without this, they stay unchanged. */
  readonly draws?: DrawnValues;
  /** How many events all runs together may have; those of {@link maxRuns} by default. */
  readonly maxEvents?: number;
  run(plan: Plan, watch?: RunWatch, maxEvents?: number): Promise<RunResult>;
  /** How many runs may be under way at once; one by default. */
  atOnce?(): number;
  /** Runs a plan as what is shown is run: with stacks, and with its calls. */
  runToShow(plan: Plan): Promise<RunResult>;
  /** Receives the progress after every run. */
  progress?(progress: ShrinkProgress): void;
  readonly signal: AbortSignal;
}

export async function shrinkFailure(request: ShrinkRequest): Promise<ShrinkResult> {
  const { failure, scenario, maxRuns, maxEvents, draws, run, atOnce, runToShow, progress, signal } = request;
  const result = await shrink({
    failure,
    options: scenario.options,
    run,
    ...(atOnce === undefined ? {} : { atOnce }),
    canEnd: (plan) => canEnd(scenario, plan),
    maxRuns,
    maxEvents,
    ...(draws === undefined ? {} : { draws }),
    ...(progress === undefined ? {} : { progress }),
    signal,
  });
  if (signal.aborted) return result;
  try {
    const shown = await runToShow(result.smallest.plan);
    return shown.trace?.hash === result.smallest.trace?.hash ? { ...result, smallest: shown } : result;
  } catch (error) {
    if (signal.aborted) return result;
    throw error;
  }
}
