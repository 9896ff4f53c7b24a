/** When the nodes of a run began, as far as its faults tell: a plan's times count from there. */
import type { Plan } from './plan.js';

/** A run, as far as it tells when its nodes began. */
export interface BegunRun {
  readonly plan: Pick<Plan, 'faults'>;
  /** Of the plan's faults, by index; not started where the run ended before. */
  readonly faults: readonly { readonly index: number; readonly startedUs?: number }[];
}

/** Microseconds of virtual time; undefined where no fault has begun. */
export function planClockUs({ plan, faults }: BegunRun): number | undefined {
  const starts = faults.flatMap(({ index, startedUs }) => {
    const fault = plan.faults[index];
    return startedUs === undefined || fault === undefined ? [] : [Math.round(startedUs - fault.atMs * 1000)];
  });
  return starts.length === 0 ? undefined : Math.max(0, Math.min(...starts));
}
