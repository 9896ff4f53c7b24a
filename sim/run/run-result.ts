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
import type { ErrorSummary, LogEntry, Operation, Skip } from '../history/history.js';
import type { SummaryLine } from '../scenario/scenario.js';

/** Something that went wrong in the run itself rather than in what it left behind. */
export type Problem =
  /** Nothing was left to happen while operations were pending. */
  | {
      readonly kind: 'deadlock';
      readonly message: string;
      /** Who waits for what, one sentence each. */
      readonly waiting: readonly string[];
      /** Nodes whose code has not ended. */
      readonly nodes?: readonly string[];
      readonly cause?: WaitCause;
    }
  /** The faults have long been over, and nodes still wait although time goes on. */
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
  /** A check or the summary threw, or answered what makes no sense: of `part`, such as `check sum`, nothing is known. */
  | {
      readonly kind: 'scenario-error';
      readonly part: string;
      readonly message: string;
      /** Empty where it did not throw. */
      readonly stack: string;
    }
  /** A node threw, or rejected a promise that nobody handled. */
  | {
      readonly kind: 'node-error';
      readonly node: string;
      readonly error: ErrorSummary;
      readonly stack: string;
      readonly timeUs: number;
    }
  | Doubt;

/**
 * Why a run that found nothing has shown nothing: it did not do what it was planned to do, or did it past what it is
 * judged by. A mistake in the scenario as a rule and no finding about the code under test, so that the run is
 * inconclusive.
 */
export interface Doubt {
  readonly kind: DoubtKind;
  /** One line that names the node and its operations, and what to do about it. */
  readonly message: string;
  /** Absent where it is about all nodes. */
  readonly node?: string;
  /** Ids of the operations that it is about; may be empty. */
  readonly operations: readonly string[];
}

/** Each kind of {@link Doubt}, with what it says. */
export const DOUBTS = {
  pending: 'a node ended while operations of it were pending',
  'not-performed': 'a node ended without having performed or skipped a planned operation',
  'performed-twice': 'two operations have the same id',
  unplanned: 'an operation belongs to no planned one of its node',
  'nothing-succeeded': 'no operation succeeded',
  'foreign-client': 'a node called through a client that is not its own',
  'foreign-etcd': "a node called an address that is no member of the run's etcd",
  'outside-prefix': "a write outside the run's prefix was refused",
  'ambiguous-key': 'the log has two keys of one name',
} as const;

export type DoubtKind = keyof typeof DOUBTS;

/** Whether the problem leaves open whether the code under test is right; one that does not shows that it is wrong. */
export function leavesOpen(problem: Problem): boolean {
  return problem.kind === 'budget' || Object.hasOwn(DOUBTS, problem.kind);
}

/**
 * Why nodes wait, in one word: they wait in a circle, a watch began too late (`lost-before`), missed the change
 * (`lost-untold`) or broke and was not made again (`lost-unwatched`), or somebody holds a key: one that still runs
 * (`held`), has ended or has died. Only of runs that record their calls, and where these show it.
 */
export type WaitCause =
  'circle' | `lost-${'before' | 'untold' | 'unwatched'}` | 'held' | `held-${'ended' | 'died'}`;

/** A fault of the plan and what became of it. */
export interface FaultRecord {
  /** Index into `plan.faults`. */
  readonly index: number;
  readonly kind: string;
  /** One short phrase for people. */
  readonly text: string;
  /** Undefined where the run ended before it began. */
  readonly startedUs?: number;
  readonly endedUs?: number;
  /** Messages, calls or connections it touched. */
  readonly hits: number;
  /** The node that it is aimed at; absent where that is none alone. */
  readonly node?: string;
  /** It is not in the plan: the test, or the scenario, has begun it. */
  readonly byHand?: true;
  /** The lease that it revoked. */
  readonly revoked?: { readonly lease: string; readonly keys: readonly string[] };
}

export type Verdict = 'satisfied' | 'violated' | 'inconclusive';

/** Of which campaign a run was one. */
export interface Exploration {
  readonly strategy: string;
  /** How many runs the campaign made. */
  readonly runs: number;
  /** True where nothing within its bounds was left to try. */
  readonly complete: boolean;
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
  /** In the order in which they were begun; only of a simulated run that was to record them. */
  readonly calls?: readonly Call[];
  /** What happened to nodes and leases, in order; only where calls are recorded. */
  readonly incidents?: readonly Incident[];
  /** Keys of the log that are outside of the run's prefix, where others are inside; absent where there are none. */
  readonly outsideKeys?: readonly string[];
  /** Planned operations that a node left out, with its reasons; absent where there are none. */
  readonly skips?: readonly Skip[];
  /** The scenario's own lines, such as balances. */
  readonly summary: readonly SummaryLine[];
  /** Counted by the scenario (`conflicts`) and by the backend (`messages`, `calls`), in that order. */
  readonly counters: Readonly<Record<string, number>>;
  /** The scenario's marks, in its order; none where it has none. */
  readonly marks?: readonly { readonly mark: string; readonly reached: boolean }[];
  /** Undefined on the real backend. */
  readonly virtualTimeMs?: number;
  readonly wallTimeMs: number;
  /** Undefined on the real backend: its runs are constrained by a seed, not replayed by it. */
  readonly trace?: { readonly hash: string; readonly events: number };
  /** Where the trace was on its way, for telling where another run leaves it; undefined on the real backend. */
  readonly checkpoints?: readonly TraceCheckpoint[];
  /** Absent where its seed made one run only. */
  readonly exploration?: Exploration;
  /** The shell command that runs this again. */
  readonly replay: string;
  /** Why it failed, where that was looked for: told of this run, or of the smallest one that fails in the same way. */
  readonly explanation?: Explanation;
}
