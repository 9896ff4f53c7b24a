/** When the nodes of a run began, as far as its faults show; a plan's times count from there. */
import type { Plan } from './plan.js';

/** The parts of a run that show when its nodes began. */
export interface BegunRun {
  readonly plan: Pick<Plan, 'faults'>;
  /** The plan's faults, by index; without a start if the run ended before it. */
  readonly faults: readonly {
    readonly index: number;
    readonly armedUs?: number;
    readonly startedUs?: number;
  }[];
}

/** Microseconds of virtual time; undefined if no fault has begun. */
export function planClockUs({ plan, faults }: BegunRun): number | undefined {
  const starts = faults.flatMap(({ index, armedUs, startedUs }) => {
    const fault = plan.faults[index];
    const dueUs = armedUs ?? startedUs;
    return dueUs === undefined || fault === undefined ? [] : [Math.round(dueUs - fault.atMs * 1000)];
  });
  return starts.length === 0 ? undefined : Math.max(0, Math.min(...starts));
}
