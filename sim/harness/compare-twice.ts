/**
 * What a replay shows that is not the repro's run. Invariant: a failure counts as mended only where two equal runs of its
 * plan are satisfied; a run that fails otherwise, or proves nothing, is not mended.
 */
import { compareReplay, type ReplayComparison } from '../repro/compare-replay.js';
import type { Repro } from '../repro/repro.js';
import { isSameSignature, signaturesOf } from '../run/signature.js';
import type { RunResult } from '../run/run-result.js';

/** How the replay stands to its repro. */
export type Replayed =
  /** The same run. */
  | 'same'
  /** Another run that fails in the same way. */
  | 'fails still'
  /** Another run that fails, and in another way. */
  | 'fails otherwise'
  /** The repro failed, and its plan is satisfied now. */
  | 'mended'
  /** The scenario no longer does what the plan says. */
  | 'plan unusable'
  /** Another run that is neither of those. */
  | 'different'
  /** Two runs of the plan are not one. */
  | 'nondeterministic';

export interface TwiceCompared {
  readonly comparison: ReplayComparison;
  readonly replayed: Replayed;
}

/** @param again runs the plan once more; undefined where that was interrupted */
export async function compareTwice(
  repro: Repro,
  result: RunResult,
  again: () => Promise<RunResult | undefined>,
): Promise<TwiceCompared> {
  const comparison = compareReplay(repro, result);
  if (comparison.kind === 'same') return { comparison, replayed: 'same' };
  const second = await again();
  if (second === undefined) return { comparison, replayed: 'different' };
  const isOneRun = second.trace !== undefined && second.trace.hash === result.trace?.hash;
  return { comparison, replayed: isOneRun ? ofOtherRun(repro, result) : 'nondeterministic' };
}

const UNUSABLE: readonly string[] = ['not-performed', 'unplanned', 'performed-twice'];

function ofOtherRun(repro: Repro, result: RunResult): Replayed {
  const [signature] = signaturesOf(result);
  if (result.verdict === 'violated')
    return isSameSignature(signature, repro.signature) ? 'fails still' : 'fails otherwise';
  if (result.problems.some(({ kind }) => UNUSABLE.includes(kind))) return 'plan unusable';
  return result.verdict === 'satisfied' && repro.signature !== undefined ? 'mended' : 'different';
}
