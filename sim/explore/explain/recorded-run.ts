/** What a story is made from, the steps that it is made of, and how much each weighs. */
import type { Call } from '../../history/calls.js';
import type { LogEntry, Operation } from '../../history/history.js';
import type { Incident } from '../../history/incidents.js';
import type { Moment } from '../../history/moment.js';

/** What a check found. */
export interface Witness {
  /** Ids of operations. */
  readonly operations: readonly string[];
  readonly revisions: readonly number[];
  /** Nodes whose last calls until then led to it: code of theirs has thrown, or waits. */
  readonly nodes?: readonly { readonly node: string; readonly untilUs: number }[];
}

/** A fault that acted for a while. */
export interface ActingFault {
  readonly text: string;
  /** Whose calls it can have hit; undefined for everybody's. */
  readonly node?: string;
  readonly fromUs: number;
  readonly untilUs: number;
  /** It did something to the process of its node: crashed it, stopped it, set its clocks. */
  readonly toProcess?: 'crash' | 'other';
  readonly byHand?: boolean;
  readonly revoked?: { readonly lease: string; readonly keys: readonly string[] };
}

export interface RecordedRun {
  /** Their outcomes, too. */
  readonly operations: readonly Operation[];
  readonly calls: readonly Call[];
  readonly log: readonly LogEntry[];
  readonly incidents?: readonly Incident[];
  /** Those that hit something. */
  readonly faults?: readonly ActingFault[];
  readonly outsideKeys?: readonly string[];
  /** Nodes whose code has not ended, where the run could not go on. */
  readonly stuck?: readonly string[];
}

export interface PastStep {
  readonly moment: Moment;
  /** Whose line it is; `fault` for a fault, `etcd` for what etcd did by itself. */
  readonly node: string;
  /** The id of the operation in which it happened. */
  readonly operation?: string;
  readonly kind: 'read' | 'wrote' | 'refused' | 'ended' | 'died' | 'fault' | 'expired' | 'called';
  /** Such as `read lock/a of revision 3, which n2-1.lock had put`. */
  readonly what: string;
  readonly revision?: number;
  /** It is of an operation that the check names, or that made a revision which it names. */
  readonly ofWitness: boolean;
  /** The more it has, the sooner it is part of a short story. */
  readonly weight: number;
}

export interface CausalPast {
  /** The most recent last. */
  readonly steps: readonly PastStep[];
  /** False where something was left out for want of room. */
  readonly complete: boolean;
}

/** What a step weighs by what it tells. */
export const WEIGHTS = {
  setup: 10,
  endedWell: 30,
  read: 40,
  wrote: 50,
  /** More, where an operation that the check names did it. */
  ofWitness: 15,
  /** More, where the answer never came. */
  unanswered: 20,
  /** A fault that hit something else. */
  otherFault: 45,
  refused: 70,
  overwrote: 75,
  endedBadly: 75,
  mishap: 85,
} as const;
