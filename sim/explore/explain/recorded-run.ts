/** The input of a story, its steps, and their weights. */
import type { Call } from '../../history/calls.js';
import type { LogEntry, Operation } from '../../history/history.js';
import type { Incident } from '../../history/incidents.js';
import type { Moment } from '../../history/moment.js';

/** A check's finding. */
export interface Witness {
  /** Ids of operations. */
  readonly operations: readonly string[];
  readonly revisions: readonly number[];
  /** Nodes whose last calls up to then led to it: their code threw, or waits. */
  readonly nodes?: readonly { readonly node: string; readonly untilUs: number }[];
}

/** A fault that acted for a while. */
export interface ActingFault {
  readonly text: string;
  /** The node whose calls it can have hit; undefined for the calls of all nodes. */
  readonly node?: string;
  readonly fromUs: number;
  readonly untilUs: number;
  /** It affected the process of its node: crashed it, stopped it, set its clocks. */
  readonly toProcess?: 'crash' | 'other';
  readonly byHand?: boolean;
  readonly revoked?: { readonly lease: string; readonly keys: readonly string[] };
}

export interface RecordedRun {
  /** Including their outcomes. */
  readonly operations: readonly Operation[];
  readonly calls: readonly Call[];
  readonly log: readonly LogEntry[];
  readonly incidents?: readonly Incident[];
  /** Faults that hit something. */
  readonly faults?: readonly ActingFault[];
  readonly outsideKeys?: readonly string[];
  /** When a member first made each revision, in microseconds, as far as that was recorded. */
  readonly madeUs?: ReadonlyMap<number, number>;
  /** Nodes whose code has not ended, if the run was stuck. */
  readonly stuck?: readonly string[];
}

export interface PastStep {
  readonly moment: Moment;
  /** The actor of its line; `fault` for a fault, `etcd` for etcd's own actions. */
  readonly node: string;
  /** The id of the operation in which it happened. */
  readonly operation?: string;
  readonly kind: 'read' | 'wrote' | 'refused' | 'ended' | 'died' | 'fault' | 'expired' | 'called';
  /** Such as `read lock/a of revision 3, which n2-1.lock had put`. */
  readonly what: string;
  readonly revision?: number;
  /** It belongs to an operation that the check names, or that made a revision which the check names. */
  readonly ofWitness: boolean;
  /** The higher it is, the more likely it is part of a short story. */
  readonly weight: number;
}

export interface CausalPast {
  /** The most recent last. */
  readonly steps: readonly PastStep[];
  /** False if something was left out because the past was full. */
  readonly complete: boolean;
}

/** The weight of a step depends on its content. */
export const WEIGHTS = {
  setup: 10,
  endedWell: 30,
  read: 40,
  wrote: 50,
  /** Added if an operation that the check names did it. */
  ofWitness: 15,
  /** Added if the answer never came. */
  unanswered: 20,
  /** A fault that hit something else. */
  otherFault: 45,
  refused: 70,
  overwrote: 75,
  endedBadly: 75,
  mishap: 85,
} as const;
