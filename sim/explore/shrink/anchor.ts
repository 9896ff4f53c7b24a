/**
 * Faults happen at a time, and what they must meet moves when operations before it are removed. Anchoring moves the
 * faults along: it holds the failing run against a run of the smaller plan and shifts every fault as far as an
 * operation of the witness has moved.
 */
import type { RunResult } from '../../run.js';
import type { Plan } from '../plan.js';

/** At most so many operations of a witness are tried as an anchor. */
const ANCHORS_MAX = 2;

/** The smaller plan with its faults moved, once for each anchor that has moved in another way. */
export function anchored(plan: Plan, failing: RunResult, smaller: RunResult): Plan[] {
  if (plan.faults.length === 0) return [];
  const shifts = witnessOf(failing).flatMap((id) => {
    const before = invokedUs(failing, id);
    const after = invokedUs(smaller, id);
    return before === undefined || after === undefined || before === after ? [] : [after - before];
  });
  return [...new Set(shifts)].slice(0, ANCHORS_MAX).map((shiftUs) => ({
    ...plan,
    faults: plan.faults.map((fault) => ({
      ...fault,
      atMs: Math.max(0, Math.round(fault.atMs * 1000) + shiftUs) / 1000,
    })),
  }));
}

/** The operations that the first violated check names, or those that never returned. */
function witnessOf({ checks, operations }: RunResult): readonly string[] {
  for (const check of checks) {
    if (check.verdict === 'violated' && check.operations.length > 0) return check.operations;
  }
  return operations.filter((operation) => operation.return === undefined).map((operation) => operation.id);
}

function invokedUs({ operations }: RunResult, id: string): number | undefined {
  return operations.find((operation) => operation.id === id)?.invoke.timeUs;
}
