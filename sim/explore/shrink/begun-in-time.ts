/**
 * The operations that had begun when everything that a violation names had ended. Nothing later can have led
 * to it, and a run without the later parts is the same up to there. Invariant: undefined if that is
 * everything, or it is unknown.
 */
import type { RunResult } from '../../run/run-result.js';
import { plannedIdOf, plannedIdsOf } from '../../plan/planned-id.js';
import { witnessOf } from '../../run/first-finding.js';

/** Ids of planned operations. */
export function begunInTime(failing: RunResult): ReadonlySet<string> | undefined {
  const { plan, operations } = failing;
  const witness = new Set(witnessOf(failing));
  const ends = operations.filter(({ id }) => witness.has(id)).map((operation) => operation.return?.sequence);
  const last = Math.max(-1, ...ends.map((sequence = Infinity) => sequence));
  if (last < 0 || last === Infinity) return undefined;
  const planned = plannedIdsOf(plan);
  const begun = operations.filter(({ invoke }) => invoke.sequence <= last);
  const kept = new Set(begun.flatMap(({ id }) => plannedIdOf(id, planned) ?? []));
  return kept.size === planned.size ? undefined : kept;
}
