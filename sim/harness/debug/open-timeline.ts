/** Runs a repro once and makes it something to step through. Invariant: nothing is run anew for a step. */
import type { HappenedEvent } from '../../engine/steps.js';
import { compareReplay, type ReplayComparison } from '../../repro/compare-replay.js';
import type { Repro } from '../../repro/repro.js';
import type { Explanation } from '../../run/explanation.js';
import type { RunResult } from '../../run/run-result.js';
import type { PlanRunner } from '../plan-runner.js';
import { Timeline } from './timeline.js';

export interface OpenedTimeline {
  readonly timeline: Timeline;
  readonly comparison: ReplayComparison;
}

/** @param explain tells the story of a failure, from this run alone */
export async function openTimeline(
  repro: Repro,
  runner: PlanRunner,
  explain: (failure: RunResult) => Promise<Explanation | undefined>,
): Promise<OpenedTimeline> {
  const happened: HappenedEvent[] = [];
  const result = await runner.runPlan(repro.plan, {
    stacks: true,
    onEvent: (event) => void happened.push(event),
  });
  const explanation = result.verdict === 'satisfied' ? undefined : await explain(result);
  return {
    timeline: new Timeline(result, happened, explanation),
    comparison: compareReplay(repro, result),
  };
}
