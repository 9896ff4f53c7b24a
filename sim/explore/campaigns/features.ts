/**
 * What a run reached, for telling whether it is new: how each kind of operation ended, beside which faults, and which
 * marks there were. Invariant: stable texts without ids and times, so that there are finitely many.
 */
import type { RunResult } from '../../run.js';
import { marksOf } from '../marks.js';

export function featuresOf(result: RunResult): readonly string[] {
  const features = new Set<string>();
  for (const [mark, isReached] of marksOf(result)) if (isReached) features.add(`mark ${mark}`);
  for (const { name, node, outcome, invoke, return: end } of result.operations) {
    const ending = `${name} ${outcome?.kind ?? 'pending'}`;
    features.add(ending);
    const error = outcome === undefined || outcome.kind === 'ok' ? undefined : outcome.error.name;
    if (error !== undefined) features.add(`${ending} ${error}`);
    for (const { kind, startedUs = Infinity, endedUs = Infinity, hits, index } of result.faults) {
      const fault = result.plan.faults[index];
      const isElsewhere = fault !== undefined && 'node' in fault && fault.node !== node;
      const isApart = startedUs > (end?.timeUs ?? Infinity) || endedUs < invoke.timeUs;
      if (hits > 0 && !isElsewhere && !isApart) features.add(`${ending} under ${kind}`);
    }
  }
  return [...features];
}
