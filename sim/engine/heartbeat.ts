/**
 * Signs of life for somebody who watches from outside whether a run goes on, and with what. Invariant: the engine only
 * gives them; who is given them changes nothing in the run.
 */
import type { Activity } from './activity.js';

/** What a process is at with one seed. */
export type Stage = 'draws' | 'runs' | 'checks' | 'summarizes' | 'has run';

/** A stage, of what. */
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
