/**
 * What had begun when all that a violation names had ended: nothing that came later can have led to it, and a run without
 * it is the same up to there. Invariant: undefined where that is everything, or where it is not known.
 */
import type { RunResult } from '../../run.js';
import { witnessOf } from './witness.js';

/** Ids of planned operations. */
export function begunInTime(failing: RunResult): ReadonlySet<string> | undefined {
  const { plan, operations } = failing;
  const witness = new Set(witnessOf(failing));
  const ends = operations.filter(({ id }) => witness.has(id)).map((operation) => operation.return?.sequence);
  const last = Math.max(-1, ...ends.map((sequence = Infinity) => sequence));
  if (last < 0 || last === Infinity) return undefined;
  const begun = operations.filter(({ invoke }) => invoke.sequence <= last).map(({ id }) => id);
  // An operation of the history may be a part or an attempt of what was planned: `u1-3.lock`, `p1-1.2`.
  const names = new Set(begun.flatMap((id) => [id, id.split('.')[0] ?? id]));
  const planned = plan.nodes.flatMap((node) => node.operations.map(({ id }) => id));
  const kept = planned.filter((id) => names.has(id));
  return kept.length === planned.length ? undefined : new Set(kept);
}
