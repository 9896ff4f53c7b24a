/** When the nodes of a run began, as far as its faults tell: a plan's times count from there. */
import type { RunResult } from '../run/run-result.js';

/** Microseconds of virtual time; undefined where no fault has begun. */
export function planClockUs({ plan, faults }: RunResult): number | undefined {
  const starts = faults.flatMap(({ index, startedUs }) => {
    const fault = plan.faults[index];
    return startedUs === undefined || fault === undefined ? [] : [Math.round(startedUs - fault.atMs * 1000)];
  });
  return starts.length === 0 ? undefined : Math.max(0, Math.min(...starts));
}
