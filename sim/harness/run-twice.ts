/**
 * `--check-determinism`: every seed is run twice, the second time in another process, and both are compared step by
 * step. Invariant: the first difference is reported with the code that made the step, in both runs.
 */
import {
  StepComparer,
  StepRecorder,
  type Step,
  type StepDifference,
  type StepObserver,
} from '../engine/steps.js';
import type { RunResult } from '../run/run-result.js';
import type { Plan } from '../plan/plan.js';

/** The parts of a run that are compared. */
export interface RecordedRun {
  readonly texts: readonly string[];
  readonly hash: string | undefined;
  /** The code that made the step with this index. */
  stackOf(index: number): Promise<string>;
}

/** Makes second runs. */
export interface SecondRuns {
  run(scenario: string, plan: Plan): Promise<RecordedRun>;
}

/** Two runs of one seed that are not one. */
export class NondeterminismError extends Error {
  override readonly name = 'NondeterminismError';

  /** @param lines what differs, for people */
  constructor(readonly lines: readonly string[]) {
    super(lines[0]);
  }
}

/**
 * Compares a second run, usually of another process, with a first one.
 *
 * @param runSecond begins at once; in the same process it has to wait for the first, with which it would share a scenario
 * @throws NondeterminismError
 */
export async function runTwice(
  seed: number,
  runFirst: (observe: StepObserver) => Promise<RunResult>,
  runSecond: (first: Promise<RunResult>) => Promise<RecordedRun>,
): Promise<RunResult> {
  const recorder = new StepRecorder();
  // Two processes have a processor each, if there are two.
  const begun = runFirst(recorder.observe);
  const both = await Promise.allSettled([begun, runSecond(begun)]);
  const [first, second] = both.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  }) as [RunResult, RecordedRun];
  const comparer = new StepComparer(recorder.steps);
  for (const text of second.texts) comparer.observe(text);
  const { difference } = comparer;
  if (difference !== undefined) {
    const made = difference.second;
    if (made !== undefined) made.stack.stack = await second.stackOf(difference.index);
    throw new NondeterminismError(linesOf(seed, difference));
  }
  if (first.trace?.hash !== second.hash) {
    throw new NondeterminismError([
      `seed ${seed} gave two different runs: same events and draws, but different message bytes`,
    ]);
  }
  return first;
}

function linesOf(seed: number, { index, first, second }: StepDifference): string[] {
  return [
    `seed ${seed} gave two different runs from step ${index + 1} on`,
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

/** Runs in this process and gives the parts of the run that are compared. */
export async function recordRun(
  run: (observe: StepRecorder['observe']) => Promise<RunResult>,
): Promise<RecordedRun> {
  const recorder = new StepRecorder();
  const { trace } = await run(recorder.observe);
  return {
    texts: recorder.steps.map(({ text }) => text),
    hash: trace?.hash,
    stackOf: (index) => Promise.resolve(recorder.steps[index]?.stack.stack ?? ''),
  };
}
