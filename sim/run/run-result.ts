/**
 * The result of one run, as data. Reporters format it, the command line turns its verdict into an exit code;
 * neither changes it.
 */
import type { CheckResult } from '../check/check.js';
import type { TraceCheckpoint } from '../engine/trace.js';
import type { Explanation } from './explanation.js';
import type { Incident } from '../history/incidents.js';
import type { Plan } from '../plan/plan.js';
import type { Call } from '../history/calls.js';
import type { Recording } from '../history/recording.js';
import type { ErrorSummary, LogEntry, Operation, Skip } from '../history/history.js';
import type { SummaryLine } from '../scenario/scenario.js';

/** A problem of the run itself, as opposed to the violation of a check. */
export type Problem =
  /** No event was left while operations were pending. */
  | {
      readonly kind: 'deadlock';
      readonly message: string;
      /** One sentence per waiting node: what it waits for. */
      readonly waiting: readonly string[];
      /** Nodes whose code has not ended. */
      readonly nodes?: readonly string[];
      readonly cause?: WaitCause;
    }
  /** The last fault ended long ago, time advances, and nodes still wait. */
  | {
      readonly kind: 'liveness';
      readonly message: string;
      readonly waiting: readonly string[];
      /** Nodes whose code has not ended. */
      readonly nodes?: readonly string[];
      readonly cause?: WaitCause;
    }
  /** The virtual-time or event budget ran out. */
  | { readonly kind: 'budget'; readonly message: string; readonly waiting: readonly string[] }
  /**
   * A check or the summary threw, or returned an invalid value: the result of `part`, such as `check sum`, is unknown.
   */
  | {
      readonly kind: 'scenario-error';
      readonly part: string;
      readonly message: string;
      /** Empty if it did not throw. */
      readonly stack: string;
    }
  /** A node threw, or rejected a promise without a handler. */
  | {
      readonly kind: 'node-error';
      readonly node: string;
      readonly error: ErrorSummary;
      /** Lines that the message has below its first, or what differs from what an assertion expected. */
      readonly difference?: string;
      readonly stack: string;
      readonly timeUs: number;
      /** Of a test that waited in vain: what may have held it up, such as a node that gave up. */
      readonly reasons?: readonly string[];
      /** Of a test that waited in vain: why nodes waited then. */
      readonly cause?: WaitCause;
    }
  | Doubt;

/**
 * Why a run without a violation proves nothing: it did not follow its plan, or acted outside its history. The
 * cause is usually a mistake in the scenario, not the code under test, so the run is inconclusive.
 */
export interface Doubt {
  readonly kind: DoubtKind;
  /** One line that names the node and its operations, and what to do about it. */
  readonly message: string;
  /** Absent if it concerns all nodes. */
  readonly node?: string;
  /** Ids of the operations concerned; may be empty. */
  readonly operations: readonly string[];
}

/** Each kind of {@link Doubt}, with its meaning. */
export const DOUBTS = {
  pending: 'a node ended while its operations were pending',
  'not-sent': 'no operation of a name sent the writes that it built',
  'not-performed': 'a node ended without performing or skipping a planned operation',
  'performed-twice': 'two operations have the same id',
  unplanned: 'a node performed an operation that was not planned',
  'nothing-succeeded': 'no operation succeeded',
  'foreign-client': 'a node used the client of another node',
  'foreign-etcd': "a node called an address outside the run's etcd",
  'outside-prefix': "a write outside the run's prefix was refused",
  'never-healed': 'nodes could not go on under a fault by hand that was still on',
  'ambiguous-key': 'two keys in the log have the same name',
} as const;

export type DoubtKind = keyof typeof DOUBTS;

/** Whether the problem leaves the verdict open. Any other problem is a violation. */
export function leavesOpen(problem: Problem): boolean {
  return problem.kind === 'budget' || Object.hasOwn(DOUBTS, problem.kind);
}

/**
 * Why nodes wait, in one word: they wait in a circle; a watch began too late (`lost-before`), missed the change
 * (`lost-untold`) or broke and was not reopened (`lost-unwatched`); or a node holds a key and still runs (`held`),
 * has ended or has died. Only for runs that record their calls, and only if the calls show it.
 */
export type WaitCause =
  'circle' | `lost-${'before' | 'untold' | 'unwatched'}` | 'held' | `held-${'ended' | 'died'}`;

/** A fault of the plan and its effect. */
export interface FaultRecord {
  /** Index into `plan.faults`. */
  readonly index: number;
  readonly kind: string;
  /** One short phrase for people. */
  readonly text: string;
  /** When it began to look for its aim; undefined if it has none, or the run ended before. */
  readonly armedUs?: number;
  /** The fault as it acted; only if it was aimed, or lasted as long as leases, and has begun. */
  readonly acted?: Plan['faults'][number];
  /** Undefined if the run ended before the fault began. */
  readonly startedUs?: number;
  readonly endedUs?: number;
  /** How many messages, calls or connections it touched. */
  readonly hits: number;
  /** The node that it targets; absent if it has no single target node. */
  readonly node?: string;
  /** It is not in the plan: the test or the scenario began it. */
  readonly byHand?: true;
  /** It was one of several of which the first hit ended all, and another had it. */
  readonly lifted?: true;
  /** The lease that it revoked. */
  readonly revoked?: { readonly lease: string; readonly keys: readonly string[] };
}

export type Verdict = 'satisfied' | 'violated' | 'inconclusive';

/** The campaign that a run belongs to. */
export interface Exploration {
  readonly strategy: string;
  /** How many runs the campaign made. */
  readonly runs: number;
  /** True if everything within its bounds was tried. */
  readonly complete: boolean;
}

/** A test, for people. */
export interface TestSource {
  readonly title: string;
  /** With the names of what it is declared in, such as `locks > one at a time`; that is the title where absent. */
  readonly name?: string;
  /** Its file, from the root of its runner; absent if it is not known. */
  readonly file?: string;
  /** The shell command that runs it; absent if it is not known. */
  readonly command?: string;
}

/** One execution of one plan. */
export interface RunResult {
  /** etcd-sim's version. */
  readonly version: string;
  readonly backend: 'simulated' | 'real';
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  readonly problems: readonly Problem[];
  readonly faults: readonly FaultRecord[];
  readonly operations: readonly Operation[];
  readonly log: readonly LogEntry[];
  /** In order of their start; only if a simulated run recorded them. */
  readonly calls?: readonly Call[];
  /** What the body of a test has read, the last of it, in order; only if calls are recorded. */
  readonly testReads?: readonly Call[];
  /** Crashes, starts and expired leases, in order; only if calls are recorded. */
  readonly incidents?: readonly Incident[];
  /** Everything that moved; only if a simulated run recorded it. */
  readonly recording?: Recording;
  /** Keys of the log outside the run's prefix, if others are inside; absent if there are none. */
  readonly outsideKeys?: readonly string[];
  /** Planned operations that a node skipped, with its reasons; absent if there are none. */
  readonly skips?: readonly Skip[];
  /** The scenario's own lines, such as balances. */
  readonly summary: readonly SummaryLine[];
  /** Counted by the scenario (`conflicts`) and by the backend (`messages`, `calls`), in that order. */
  readonly counters: Readonly<Record<string, number>>;
  /** The scenario's marks, in its order; empty if it has none. */
  readonly marks?: readonly { readonly mark: string; readonly reached: boolean }[];
  /** Undefined on the real backend. */
  readonly virtualTimeMs?: number;
  readonly wallTimeMs: number;
  /** Undefined on the real backend: its runs are constrained by a seed, not replayed by it. */
  readonly trace?: { readonly hash: string; readonly events: number };
  /** Hashes at points of the trace, to locate where another run diverges; undefined on the real backend. */
  readonly checkpoints?: readonly TraceCheckpoint[];
  /** Absent if its seed made only one run. */
  readonly exploration?: Exploration;
  /** The shell command that runs this again. */
  readonly replay: string;
  /** The test that it is a run of; absent if it is a run of a scenario. */
  readonly test?: TestSource;
  /** Why it failed, if that was analysed: for this run, or for the smallest one that fails in the same way. */
  readonly explanation?: Explanation;
}
