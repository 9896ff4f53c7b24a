/**
 * A plan whose faults no longer look for anything: each begins at the time at which it began, hits what it hit, and
 * lasts as long as it lasted. Invariant: it says in plain times and names what the run has shown.
 */
import { isPossibleFault, type Fault } from '../../faults/index.js';
import type { Plan } from '../../plan/plan.js';
import type { RunResult } from '../../run/run-result.js';

/** Undefined if no fault of the plan is aimed, or lasts as long as leases. */
export function settled({ plan, faults: records }: RunResult): Plan | undefined {
  const plain = plan.faults.map((fault, index): Fault => {
    const { acted, armedUs, startedUs } = records.find((record) => record.index === index) ?? {};
    if (acted === undefined || startedUs === undefined) return fault;
    const { aim: _aim, ttls: _ttls, ...rest } = acted;
    const waitedUs = armedUs === undefined ? 0 : startedUs - armedUs;
    const atMs = (Math.round(fault.atMs * 1000) + waitedUs) / 1000;
    return { ...rest, atMs };
  });
  const isChanged = plain.some((fault, index) => fault !== plan.faults[index]);
  if (!isChanged || !plain.every(isPossibleFault)) return undefined;
  return { ...plan, faults: plain.sort((left, right) => left.atMs - right.atMs) };
}
