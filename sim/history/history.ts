/**
 * What happened in a run, as data: operations with invocation, outcome and revision, and etcd's own log of
 * revisions. Checkers are pure functions over a {@link History}; real and simulated runs produce the same type.
 * Invariant: `a` happened before `b` iff `a.return.sequence < b.invoke.sequence`; times are for people.
 */
import type { Json } from '../input/json.js';
import type { Call } from './calls.js';
import type { Incident } from './incidents.js';
import type { Moment } from './moment.js';

/** An error as data: its class name and its message. */
export interface ErrorSummary {
  readonly name: string;
  readonly message: string;
}

/** How an operation ended. An error that may hide an applied write is `indefinite`, never `failed`. */
export type Outcome =
  /** It happened. `revision` is the revision of its commit, if it wrote and etcd reported one. */
  | { readonly kind: 'ok'; readonly output: Json; readonly revision?: number }
  /** It did not happen and never will. */
  | { readonly kind: 'failed'; readonly error: ErrorSummary }
  /** It may have happened, or may still happen at any later time. */
  | { readonly kind: 'indefinite'; readonly error: ErrorSummary };

/** One operation of one node. Without `return` it never returned, which every checker reads as indefinite. */
export interface Operation {
  /** Unique within the run and stable under shrinking: the id from the plan. */
  readonly id: string;
  readonly node: string;
  /** The name of the operation, such as `transfer`. */
  readonly name: string;
  readonly input: Json;
  readonly invoke: Moment;
  readonly return?: Moment;
  readonly outcome?: Outcome;
}

/** One change of one key, as a watch reports it. */
export interface LogEvent {
  readonly type: 'put' | 'delete';
  /** The key without the run's prefix. */
  readonly key: string;
  /** The new value as UTF-8 text; empty for a delete. */
  readonly value: string;
  readonly createRevision: number;
  /** How often the key was written since it was created; 0 for a delete. */
  readonly version: number;
}

/** All changes of one revision, in etcd's order. */
export interface LogEntry {
  readonly revision: number;
  readonly events: readonly LogEvent[];
}

/** When a member first applied a revision. */
export interface Commit {
  readonly revision: number;
  /** Microseconds since the run began. */
  readonly timeUs: number;
}

/** A span of time in which a node was paused and received nothing. */
export interface Standstill {
  readonly node: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * A span of time in which all clocks of a node ran too fast by this many thousandths; negative means too
 * slow.
 */
export interface Drift extends Standstill {
  readonly perMille: number;
}

/** A node's process died and lost its memory; its pending operations never return. */
export interface Crash {
  readonly node: string;
  readonly at: Moment;
}

/** A planned operation that its node skipped, with the reason. */
export interface Skip {
  readonly node: string;
  /** Its planned id. */
  readonly operation: string;
  readonly reason: string;
}

/** Everything that a checker may use. */
export interface History {
  /** In order of invocation. */
  readonly operations: readonly Operation[];
  /** Every revision that touched the run's keys, ascending, from the run's first to its last. */
  readonly log: readonly LogEntry[];
  /** When each revision of the log was committed, ascending; only a simulated run knows. */
  readonly commits?: readonly Commit[];
  /** When nodes were paused, for checks of what a node could know; none by default. */
  readonly standstills?: readonly Standstill[];
  /** When the clocks of nodes were wrong, for checks that compare times; none by default. */
  readonly drifts?: readonly Drift[];
  /** Revisions of compaction requests, ascending; none by default. */
  readonly compactions?: readonly number[];
  /** Decimal ids of the leases that a client other than the owner revoked; none by default. */
  readonly revocations?: readonly string[];
  /** Names of the scenario's marks that were reached; none by default. */
  readonly marks?: readonly string[];
  /** In the order in which they happened; none by default. */
  readonly crashes?: readonly Crash[];
  /** Planned operations that their nodes left out; none by default. */
  readonly skips?: readonly Skip[];
  /** In order of their start; only if a simulated run recorded them. */
  readonly calls?: readonly Call[];
  /** What the body of a test has read, the last of it, in order; only if calls are recorded. */
  readonly testReads?: readonly Call[];
  /** Crashes, starts and expired leases; only if calls are recorded. */
  readonly incidents?: readonly Incident[];
  /** Keys of the log outside the run's prefix, if others are inside; none by default. */
  readonly outsideKeys?: readonly string[];
}

/** How much of a span of time the node could not use, in microseconds. Pauses of one node may overlap. */
export function stoodStillUs(
  { standstills = [] }: History,
  node: string,
  span: { readonly fromUs: number; readonly untilUs: number },
): number {
  let usedUntilUs = span.fromUs;
  let totalUs = 0;
  const own = standstills.filter((standstill) => standstill.node === node);
  for (const { fromUs, untilUs } of own.sort((left, right) => left.fromUs - right.fromUs)) {
    const from = Math.max(usedUntilUs, fromUs);
    const until = Math.min(span.untilUs, untilUs);
    if (until <= from) continue;
    totalUs += until - from;
    usedUntilUs = until;
  }
  return totalUs;
}

/** How many microseconds too much a node's clocks counted in a span of time; negative means too few. */
export function clocksGainedUs(
  { drifts = [] }: History,
  node: string,
  span: { readonly fromUs: number; readonly untilUs: number },
): number {
  let gainedUs = 0;
  for (const drift of drifts) {
    if (drift.node !== node) continue;
    const lasted = Math.min(span.untilUs, drift.untilUs) - Math.max(span.fromUs, drift.fromUs);
    gainedUs += Math.trunc((Math.max(0, lasted) * drift.perMille) / 1000);
  }
  return gainedUs;
}
