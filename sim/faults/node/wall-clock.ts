/** Shared by the faults of a node's wall clock: their fields and their description. */
import { meaning, whole } from '../../input/schema.js';
import { aimedNode, faultFields } from '../fault-schema.js';

/** The largest error of a clock: three years. */
const ERROR_MAX_MS = 100_000_000_000;

/** Why the real backend cannot apply faults of a clock. */
export const SHARED_CLOCK = 'not available: all nodes share the clock of one process';

export function wallClockFields<const Kind extends string>(kind: Kind) {
  return faultFields(kind, {
    node: aimedNode,
    byMs: meaning(whole(-ERROR_MAX_MS, ERROR_MAX_MS), 'How far the clock is ahead; negative means behind'),
  });
}

/** `clock of n1 250 ms ahead`. */
export function describeWallClock({ node, byMs }: { readonly node: string; readonly byMs: number }): string {
  return `clock of ${node} ${Math.abs(byMs)} ms ${byMs < 0 ? 'behind' : 'ahead'}`;
}
