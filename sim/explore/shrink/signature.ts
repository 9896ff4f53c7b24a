/**
 * What kind of failure a run is. Shrinking keeps the signature, so that it never slips from one defect to another,
 * and a corpus keeps one repro for each. Invariant: a stable text without ids, times or revisions.
 */
import type { RunResult } from '../../run.js';

/** Such as `check sum-conserved`, `deadlock` or `node-error TypeError`. */
export type Signature = string;

/** The signatures of a run, the weightiest first; empty where nothing failed. */
export function signaturesOf(result: RunResult): readonly Signature[] {
  const checks = result.checks
    .filter((check) => check.verdict === 'violated')
    .map(({ check }) => `check ${check}`);
  const problems = result.problems
    .filter((problem) => problem.kind !== 'budget')
    .map((problem) => (problem.kind === 'node-error' ? `node-error ${problem.error.name}` : problem.kind));
  return [...new Set([...checks, ...problems])];
}
