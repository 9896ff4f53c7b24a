/**
 * `--check-determinism`: every seed is run twice, and the second run is held against the first step by step. Invariant:
 * the first difference is told with the code that made the step, in both runs.
 */
import {
  StepComparer,
  StepRecorder,
  type Step,
  type StepDifference,
  type StepObserver,
} from '../engine/steps.js';
import type { RunResult } from '../run.js';

/** Two runs of one seed that are not one. */
export class NondeterminismError extends Error {
  override readonly name = 'NondeterminismError';

  /** @param lines what differs, for people */
  constructor(readonly lines: readonly string[]) {
    super(lines[0]);
  }
}

/** Runs twice. @throws NondeterminismError */
export async function runTwice(
  seed: number,
  run: (observe: StepObserver, which: 'first' | 'second') => Promise<RunResult>,
): Promise<RunResult> {
  const recorder = new StepRecorder();
  const first = await run(recorder.observe, 'first');
  const comparer = new StepComparer(recorder.steps);
  const second = await run(comparer.observe, 'second');
  const { difference } = comparer;
  if (difference !== undefined) throw new NondeterminismError(linesOf(seed, difference));
  if (first.trace?.hash !== second.trace?.hash) {
    throw new NondeterminismError([
      `seed ${seed} gave two different runs: the same events and draws, but messages with other bytes`,
    ]);
  }
  return second;
}

function linesOf(seed: number, { index, first, second }: StepDifference): string[] {
  return [
    `seed ${seed} gave two different runs, from step ${index + 1} on`,
    ...stepLines('first', first),
    ...stepLines('second', second),
  ];
}

function stepLines(which: string, step: Step | undefined): string[] {
  if (step === undefined) return [`${which} run: it had ended`];
  // The first lines are the message and the observer itself.
  const frames = (step.stack.stack ?? '').split('\n').slice(2, 2 + FRAMES_MAX);
  return [`${which} run: ${step.text}`, ...frames];
}

const FRAMES_MAX = 12;
