/**
 * Compares a replay with its repro. Invariant: `same` means the same trace. For a different trace it names
 * the two moments between which they part, as closely as the repro's checkpoints allow.
 */
import type { TraceCheckpoint } from '../engine/trace.js';
import { isSameSignature, signaturesOf } from '../run/signature.js';
import type { RunResult } from '../run/run-result.js';
import type { Repro } from './repro.js';

export type ReplayComparison =
  | { readonly kind: 'same' }
  | {
      readonly kind: 'diverged';
      /** The last moment at which both are equal, and the first at which they differ, if known. */
      readonly after: TraceCheckpoint | undefined;
      readonly before: TraceCheckpoint | undefined;
      /** Whether it fails in the same way nevertheless. */
      readonly sameSignature: boolean;
      /** Another version may behave differently; the same one may not. */
      readonly sameVersion: boolean;
    };

/** Whether the failure appears again: in the same run, or in the same way in another version. */
export function isFaithful(comparison: ReplayComparison): boolean {
  return comparison.kind === 'same' || (comparison.sameSignature && !comparison.sameVersion);
}

export function compareReplay(repro: Repro, result: RunResult): ReplayComparison {
  if (result.trace?.hash === repro.trace.hash) return { kind: 'same' };
  const now = new Map((result.checkpoints ?? []).map((checkpoint) => [checkpoint.events, checkpoint]));
  let after: TraceCheckpoint | undefined;
  let before: TraceCheckpoint | undefined;
  for (const then of repro.trace.checkpoints) {
    const found = now.get(then.events);
    if (found === undefined) continue;
    if (found.hash === then.hash) after = then;
    else before ??= then;
  }
  const [signature] = signaturesOf(result);
  return {
    kind: 'diverged',
    after,
    before,
    sameSignature: isSameSignature(signature, repro.signature),
    sameVersion: result.version === repro.version,
  };
}
