/** One start of a baseline: runs of its property until one fails. Invariant: the same seed gives the same runs. */
import fc from 'fast-check';
import { propertyOf, type BaselineWay } from './properties.js';
import type { AnySubject } from './subject.js';

export interface BaselineRequest {
  readonly way: BaselineWay;
  readonly subject: AnySubject;
  readonly seed: number;
  readonly runsMax: number;
}

export interface BaselineOutcome {
  readonly caught: boolean;
  readonly runs: number;
  /** What the assertion said; undefined where none failed. */
  readonly message: string | undefined;
}

export async function runBaseline({
  way,
  subject,
  seed,
  runsMax,
}: BaselineRequest): Promise<BaselineOutcome> {
  const property = subject.use((one) => propertyOf(way, one));
  const details = await fc.check(property, { seed, numRuns: runsMax, endOnFailure: true });
  const message = details.errorInstance instanceof Error ? details.errorInstance.message : undefined;
  return { caught: details.failed, runs: details.numRuns, message };
}
