/**
 * Signs of life for an observer outside the run: whether it still advances, and at which stage it is.
 * Invariant: the engine only sends them; no observer changes the run.
 */
import type { Activity } from './activity.js';

/** The work that a process does with one seed. */
export type Stage = 'draws' | 'runs' | 'checks' | 'summarizes' | 'has run';

/** The stage, and the scenario or file that it works on. */
export interface Work {
  readonly stage: Stage;
  readonly scenario: string;
  readonly seed: number;
}

export interface Heartbeat {
  /** Another stage begins. */
  at(work: Work): void;
  /** A run's engine begins; its activity may be looked at from now on. */
  begins(activity: Activity): void;
  /** An event is about to happen, as code of the node if one is named. */
  beat(event: number, timeUs: number, node: string | undefined): void;
}
