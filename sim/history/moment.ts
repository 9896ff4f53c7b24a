/** When something in a run happened: the common clock of operations, calls and crashes. */

/** A point in a run. */
export interface Moment {
  /** Position in the run's total order of events; the only basis for "happened before". */
  readonly sequence: number;
  /** Microseconds since the run began: virtual in simulation, wall clock on the real backend. */
  readonly timeUs: number;
}
