/**
 * What the page derives from a run before it shows it. Only the types come from the simulator: none of its
 * code runs in a page.
 */
import type { Operation } from '../../../sim/history/history.js';
import type { Ending } from '../../../sim/report/describe-run.js';
import type { RunResult } from '../../../sim/run/run-result.js';

export const endings: readonly Ending[] = ['ok', 'failed', 'indefinite', 'pending'];

export function endingOf(operation: Operation): Ending {
  return operation.outcome?.kind ?? 'pending';
}

/** Operations that show a violation, each with the checks it is a witness of. */
export function witnessesOf(run: RunResult): ReadonlyMap<string, readonly string[]> {
  const witnesses = new Map<string, string[]>();
  for (const check of run.checks) {
    if (check.verdict !== 'violated') continue;
    for (const id of check.operations) witnesses.set(id, [...(witnesses.get(id) ?? []), check.check]);
  }
  return witnesses;
}
