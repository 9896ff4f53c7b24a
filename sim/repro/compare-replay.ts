/**
 * A replay held against its repro. Invariant: `same` means the same trace; where it is another, it is said between
 * which two moments they part, as closely as the repro's checkpoints allow.
 */
import type { TraceCheckpoint } from '../engine/trace.js';
import { signaturesOf } from '../run/signature.js';
import type { RunResult } from '../run/run-result.js';
import type { Repro } from './repro.js';

export type ReplayComparison =
  | { readonly kind: 'same' }
  | {
      readonly kind: 'diverged';
      /** The last moment at which both are one, and the first at which they are not, where it is known. */
      readonly after: TraceCheckpoint | undefined;
      readonly before: TraceCheckpoint | undefined;
      /** Whether it fails in the same way all the same. */
      readonly sameSignature: boolean;
      /** Another version may do other things; the same one may not. */
      readonly sameVersion: boolean;
    };

/** Whether the failure is shown again: by the same run, or in the same way by another version. */
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
    sameSignature: signature === repro.signature,
    sameVersion: result.version === repro.version,
  };
}
