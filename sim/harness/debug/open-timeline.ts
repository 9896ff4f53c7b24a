/**
 * Runs a repro once and makes it something to step through. Invariant: nothing is run anew for a step or for the story,
 * and the recorded run is data, which another process can step through.
 */
import { deserialize, serialize } from 'node:v8';
import type { HappenedEvent } from '../../engine/steps.js';
import { compareReplay, type ReplayComparison } from '../../repro/compare-replay.js';
import type { Repro } from '../../repro/repro.js';
import type { Explanation } from '../../run/explanation.js';
import type { RunResult } from '../../run/run-result.js';
import { explainFailure } from '../explain-failure.js';
import type { PlanRunner } from '../plan-runner.js';
import { Timeline } from './timeline.js';

/** A run with all its events. */
export interface RecordedTimeline {
  readonly result: RunResult;
  readonly happened: readonly HappenedEvent[];
  readonly explanation: Explanation | undefined;
  /** How the run stands to the repro. */
  readonly comparison: ReplayComparison;
}

export interface OpenedTimeline {
  readonly timeline: Timeline;
  readonly comparison: ReplayComparison;
}

export interface OpenOptions {
  /** Receives one line if the failure has no story. */
  notice(line: string): void;
  readonly signal: AbortSignal;
  /** Whether the code under test prints. */
  readonly aloud?: boolean;
}

export async function recordTimeline(
  repro: Repro,
  runner: PlanRunner,
  { aloud = false, ...options }: OpenOptions,
): Promise<RecordedTimeline> {
  const happened: HappenedEvent[] = [];
  const result = await runner.runPlan(repro.plan, {
    stacks: true,
    aloud,
    onEvent: (event) => void happened.push(event),
  });
  const { budget } = repro;
  const explanation =
    result.verdict === 'satisfied'
      ? undefined
      : await explainFailure({
          ...{ ...options, failure: result, budget },
          // The story needs no other run.
          eventsMax: 0,
          run: () => Promise.reject(new Error('expected no other run')),
        });
  return { result, happened, explanation, comparison: compareReplay(repro, result) };
}

export function openRecorded({
  result,
  happened,
  explanation,
  comparison,
}: RecordedTimeline): OpenedTimeline {
  return { timeline: new Timeline(result, happened, explanation), comparison };
}

export async function openTimeline(
  repro: Repro,
  runner: PlanRunner,
  options: OpenOptions,
): Promise<OpenedTimeline> {
  return openRecorded(await recordTimeline(repro, runner, options));
}

/** For a process of the same Node.js. */
export function packTimeline(recorded: RecordedTimeline): Uint8Array {
  return serialize(recorded);
}

export function unpackTimeline(bytes: Uint8Array): RecordedTimeline {
  return deserialize(bytes) as RecordedTimeline;
}
