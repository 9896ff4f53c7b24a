/**
 * Explains a failing run, telling how far it is. Invariant: it costs a bounded number of events, and nobody the report:
 * where it cannot be done, that is told in one line and there is no explanation.
 */
import type { Budget } from '../engine/engine.js';
import type { EventObserver } from '../engine/steps.js';
import { RUNS_MIN } from '../explore/explain/decisive-moment.js';
import { explain } from '../explore/explain/explain.js';
import type { Explanation } from '../run/explanation.js';
import type { Plan } from '../plan/plan.js';
import { singleLine } from '../input/parsed.js';
import { formatNoun } from '../report/quantities.js';
import type { RunResult } from '../run/run-result.js';
import type { CliEnvironment } from '../cli/environment.js';
import { createLineDisplay } from '../cli/progress.js';

export interface ExplainOrder {
  /** A run in simulation. */
  readonly failure: RunResult;
  /** What it was allowed. */
  readonly budget: Budget;
  /** How many events all runs together may have, about; those of half a minute by default. */
  readonly eventsMax?: number | undefined;
  run(plan: Plan, budget: Budget, onEvent?: EventObserver): Promise<RunResult>;
}

const EVENTS_MAX = 1_000_000;
const RUNS_MAX = 300;
/** A future that has so many times the events of the failing run, and some, has gone astray. */
const EVENTS_FACTOR = 4;
const EVENTS_MORE = 10_000;

export async function explainFailure(
  order: ExplainOrder,
  environment: CliEnvironment,
): Promise<Explanation | undefined> {
  const { failure, budget, eventsMax = EVENTS_MAX, run } = order;
  const events = Math.max(1, failure.trace?.events ?? Infinity);
  const affordable = Math.min(RUNS_MAX, Math.floor(eventsMax / events));
  const maxEvents = Math.min(budget.maxEvents, events * EVENTS_FACTOR + EVENTS_MORE);
  const display = createLineDisplay(environment.stderr);
  try {
    return await explain({
      failure,
      run: (plan, onEvent) => run(plan, { ...budget, maxEvents }, onEvent),
      maxRuns: affordable < RUNS_MIN ? 0 : affordable,
      progress: (runs) => display.show(`explaining, ${formatNoun(runs, 'future')} run`),
      signal: environment.signal,
    });
  } catch (error) {
    const reason = singleLine(error instanceof Error ? error.message : String(error));
    display.end();
    environment.stderr.write(`sim: could not explain the failure: ${reason}\n`);
    return undefined;
  } finally {
    display.end();
  }
}
