/** The causal past of what a check found in a run, with the faults that hit it; only where the run recorded its calls. */
import type { RunResult } from '../../run/run-result.js';
import { causalPast, type ActingFault, type CausalPast, type Witness } from './causal-past.js';

/** Undefined where the run has no record of its calls. */
export function pastOfRun(result: RunResult, witness: Witness): CausalPast | undefined {
  const { calls, operations, log } = result;
  return calls && causalPast({ calls, operations, log, faults: actingFaults(result) }, witness);
}

function actingFaults({ faults, plan }: RunResult): ActingFault[] {
  return faults.flatMap(({ index, text, hits, startedUs, endedUs }) => {
    if (hits === 0 || startedUs === undefined) return [];
    const fault = plan.faults[index];
    const node = fault !== undefined && 'node' in fault ? { node: fault.node } : {};
    return [{ text, ...node, fromUs: startedUs, untilUs: endedUs ?? Infinity }];
  });
}
