/**
 * The features of a run, to tell whether it is new: which operation handed which key to which other, how each
 * kind of operation ended, during which faults, and which marks were reached. Invariant: stable texts without
 * ids and times, so they are finitely many.
 */
import type { Call } from '../../history/calls.js';
import { handoffFeatures } from '../../history/handoffs.js';
import type { RunResult } from '../../run/run-result.js';
import { marksOf } from '../marks.js';

export function featuresOf(result: RunResult, calls: readonly Call[]): readonly string[] {
  const features = new Set<string>(handoffFeatures(calls));
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
