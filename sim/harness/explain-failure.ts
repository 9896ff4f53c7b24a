/**
 * Explains a failing run. Invariant: it costs a bounded number of events, and no result: where it cannot be done, one
 * line says why and there is no explanation.
 */
import type { Budget } from '../engine/engine.js';
import type { EventObserver } from '../engine/steps.js';
import { RUNS_MIN } from '../explore/explain/decisive-moment.js';
import { explain } from '../explore/explain/explain.js';
import { messageOf } from '../input/describe-thrown.js';
import { singleLine } from '../input/parsed.js';
import type { Plan } from '../plan/plan.js';
import type { Explanation } from '../run/explanation.js';
import type { RunResult } from '../run/run-result.js';

export interface ExplainRequest {
  /** A run in simulation. */
  readonly failure: RunResult;
  /** What it was allowed. */
  readonly budget: Budget;
  /** How many events all runs together may have, about; those of half a minute by default. */
  readonly eventsMax?: number | undefined;
  run(
    plan: Plan,
    budget: Budget,
    onEvent?: EventObserver,
    withoutByHand?: readonly number[],
  ): Promise<RunResult>;
  /** How many runs may be under way at once; one by default. */
  atOnce?(): number;
  /** Receives the number of runs after every future. */
  progress?(runs: number): void;
  /** Receives one line if the failure cannot be explained. */
  notice(line: string): void;
  readonly signal: AbortSignal;
}

const EVENTS_MAX = 1_000_000;
const RUNS_MAX = 300;
/** A future that has so many times the events of the failing run, and some, has gone astray. */
const EVENTS_FACTOR = 4;
const EVENTS_MORE = 10_000;

export async function explainFailure(request: ExplainRequest): Promise<Explanation | undefined> {
  const { failure, budget, eventsMax = EVENTS_MAX, run, atOnce, progress, notice, signal } = request;
  const events = Math.max(1, failure.trace?.events ?? Infinity);
  const affordable = Math.min(RUNS_MAX, Math.floor(eventsMax / events));
  const maxEvents = Math.min(budget.maxEvents, events * EVENTS_FACTOR + EVENTS_MORE);
  try {
    return await explain({
      failure,
      run: (plan, onEvent, withoutByHand) => run(plan, { ...budget, maxEvents }, onEvent, withoutByHand),
      ...(atOnce === undefined ? {} : { atOnce }),
      maxRuns: affordable < RUNS_MIN ? 0 : affordable,
      ...(progress === undefined ? {} : { progress }),
      signal,
    });
  } catch (error) {
    notice(`could not explain the failure: ${singleLine(messageOf(error))}`);
    return undefined;
  }
}
