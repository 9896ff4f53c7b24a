/** Runs a repro once and makes it something to step through. Invariant: nothing is run anew for a step or for the story. */
import type { HappenedEvent } from '../../engine/steps.js';
import { compareReplay, type ReplayComparison } from '../../repro/compare-replay.js';
import type { Repro } from '../../repro/repro.js';
import { explainFailure } from '../explain-failure.js';
import type { PlanRunner } from '../plan-runner.js';
import { Timeline } from './timeline.js';

export interface OpenedTimeline {
  readonly timeline: Timeline;
  readonly comparison: ReplayComparison;
}

export interface OpenOptions {
  /** Receives one line if the failure has no story. */
  notice(line: string): void;
  readonly signal: AbortSignal;
}

export async function openTimeline(
  repro: Repro,
  runner: PlanRunner,
  options: OpenOptions,
): Promise<OpenedTimeline> {
  const happened: HappenedEvent[] = [];
  const failure = await runner.runPlan(repro.plan, {
    stacks: true,
    onEvent: (event) => void happened.push(event),
  });
  const { budget } = repro;
  const explanation =
    failure.verdict === 'satisfied'
      ? undefined
      : await explainFailure({
          ...{ ...options, failure, budget },
          // The story needs no other run.
          eventsMax: 0,
          run: () => Promise.reject(new Error('expected no other run')),
        });
  const timeline = new Timeline(failure, happened, explanation);
  return { timeline, comparison: compareReplay(repro, failure) };
}
