/**
 * What the page reads: the part of a run's JSON that it shows. The simulator's own result type has all of it, and a
 * test keeps the two in step.
 */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Moment {
  readonly sequence: number;
  readonly timeUs: number;
}

export interface ErrorSummary {
  readonly name: string;
  readonly message: string;
}

export type Outcome =
  | { readonly kind: 'ok'; readonly output: Json; readonly revision?: number }
  | { readonly kind: 'failed' | 'indefinite'; readonly error: ErrorSummary };

export interface Operation {
  readonly id: string;
  readonly node: string;
  readonly name: string;
  readonly input: Json;
  readonly invoke: Moment;
  readonly return?: Moment;
  readonly outcome?: Outcome;
}

export interface LogEntry {
  readonly revision: number;
  readonly events: readonly {
    readonly type: 'put' | 'delete';
    readonly key: string;
    readonly value: string;
  }[];
}

export type CheckResult = { readonly check: string; readonly description: string } & (
  | { readonly verdict: 'satisfied' }
  | {
      readonly verdict: 'violated';
      readonly message: string;
      readonly operations: readonly string[];
      readonly revisions: readonly number[];
    }
  | { readonly verdict: 'inconclusive'; readonly reason: string }
);

export type Problem =
  | {
      readonly kind: 'deadlock' | 'liveness' | 'budget';
      readonly message: string;
      readonly waiting: readonly string[];
    }
  | {
      readonly kind: 'scenario-error';
      readonly part: string;
      readonly message: string;
      readonly stack: string;
    }
  | {
      readonly kind: 'node-error';
      readonly node: string;
      readonly error: ErrorSummary;
      readonly stack: string;
      readonly timeUs: number;
    }
  | Doubt;

/** Why a run that found nothing has shown nothing. */
export interface Doubt {
  readonly kind: keyof typeof DOUBTS;
  readonly message: string;
  readonly node?: string;
  readonly operations: readonly string[];
}

/** Each kind of doubt, as a heading. */
export const DOUBTS = {
  pending: 'Ended too early',
  'not-performed': 'Not performed',
  'performed-twice': 'Performed twice',
  unplanned: 'Not planned',
  'nothing-succeeded': 'Nothing succeeded',
  'foreign-client': "Another node's client",
  'foreign-etcd': 'Another etcd',
  'outside-prefix': 'Outside the prefix',
  'ambiguous-key': 'Two keys of one name',
} as const;

/** A planned operation that its node left out. */
export interface Skip {
  readonly node: string;
  readonly operation: string;
  readonly reason: string;
}

export interface FaultRecord {
  readonly index: number;
  readonly kind: string;
  readonly text: string;
  readonly startedUs?: number;
  readonly endedUs?: number;
  readonly hits: number;
}

export type Verdict = 'satisfied' | 'violated' | 'inconclusive';

/** A fault of the plan. Which nodes it touches is read from `node`; one without touches all. */
export interface PlannedFault {
  readonly kind: string;
  readonly node?: string;
}

/** How many futures of the moment after so many events failed. */
export interface MomentFutures {
  readonly events: number;
  readonly timeUs: number;
  readonly failed: number;
  readonly of: number;
}

export interface EventText {
  readonly number: number;
  readonly timeUs: number;
  readonly text: string;
}

export interface PastStep {
  readonly timeUs: number;
  readonly node: string;
  readonly operation?: string;
  readonly text: string;
}

export type Decisive =
  | {
      readonly kind: 'event';
      readonly event: EventText;
      readonly before: MomentFutures;
      readonly after: MomentFutures;
      readonly isExact: boolean;
      readonly underWay: readonly string[];
      readonly around: readonly EventText[];
    }
  | { readonly kind: 'from-start'; readonly start: MomentFutures }
  | { readonly kind: 'at-end'; readonly before: MomentFutures };

/** Why the run failed. */
export interface Explanation {
  readonly sentence: string;
  readonly witness: readonly string[];
  readonly past?: readonly PastStep[];
  readonly moments: readonly MomentFutures[];
  readonly decisive?: Decisive;
  readonly events: number;
  readonly runs: number;
}

export interface RunData {
  readonly version: string;
  readonly backend: 'simulated' | 'real';
  readonly plan: {
    readonly scenario: string;
    readonly seed: number;
    readonly options: Readonly<Record<string, number | string>>;
    readonly etcdVersion: string;
    readonly members: readonly string[];
    readonly nodes: readonly { readonly name: string }[];
    readonly faults: readonly PlannedFault[];
    readonly network: { readonly oneWayDelayMinUs: number; readonly oneWayDelayMaxUs: number };
  };
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  readonly problems: readonly Problem[];
  readonly faults: readonly FaultRecord[];
  readonly operations: readonly Operation[];
  readonly log: readonly LogEntry[];
  readonly skips?: readonly Skip[];
  readonly summary: readonly { readonly label: string; readonly value: string }[];
  readonly counters: Readonly<Record<string, number>>;
  readonly virtualTimeMs?: number;
  readonly wallTimeMs: number;
  readonly trace?: { readonly hash: string; readonly events: number };
  readonly replay: string;
  readonly explanation?: Explanation;
}

/** How an operation ended, in one word. */
export type Ending = 'ok' | 'failed' | 'indefinite' | 'pending';

export const endings: readonly Ending[] = ['ok', 'failed', 'indefinite', 'pending'];

export function endingOf(operation: Operation): Ending {
  return operation.outcome?.kind ?? 'pending';
}

/** Operations that show a violation, each with the checks it is a witness of. */
export function witnessesOf(data: RunData): ReadonlyMap<string, readonly string[]> {
  const witnesses = new Map<string, string[]>();
  for (const check of data.checks) {
    if (check.verdict !== 'violated') continue;
    for (const id of check.operations) witnesses.set(id, [...(witnesses.get(id) ?? []), check.check]);
  }
  return witnesses;
}
