/**
 * A scenario says what nodes do and what must hold. It sees an etcd3 client and does not know the backend: the
 * simulated and the real one call the same functions.
 */
import type { AnyArbitrary } from '../plan/any-arbitrary.js';
import type { Etcd3, IOptions } from 'etcd3';
import type { Check } from '../check/check.js';
import type { FaultPattern } from '../faults/fault-pattern.js';
import type { Fault } from '../faults/index.js';
import type { Plan, PlannedNode, PlannedOperation } from '../plan/plan.js';
import type { History, Operation } from '../history/history.js';
import type { Json } from '../input/json.js';
import type { OptionSpecs, OptionValues } from '../plan/options.js';

/** The result of an operation's body. */
export interface OperationResult {
  readonly output: Json;
  /** The revision of its commit, if it wrote and etcd reported one. */
  readonly revision?: number;
}

/** A fault that code began by hand. */
export interface Injection {
  /** Ends the fault if it has not ended yet. */
  end(): Promise<void>;
}

export interface InjectionOptions {
  /** In simulation the fault ends after its first hit: a message, a call or a connection. */
  readonly untilHit?: boolean;
  /** With `untilHit`: the first hit of any fault of the group ends them all, and only that fault leaves a trace. */
  readonly group?: object;
}

/** How code can act on its own run. */
export interface RunControl {
  readonly isSimulated: boolean;
  /** Names of the nodes in which a server has listened, in the order of their first. */
  serving(): readonly string[];
  /**
   * Begins a fault now. It ends after its `durationMs`, or when the nodes have ended. Rejects if the backend cannot
   * apply it.
   */
  inject(fault: Fault, options?: InjectionOptions): Promise<Injection>;
  /** Keeps the run going, even when all nodes have ended, until you call the returned function. */
  hold(): () => void;
  /** The name of the node whose code is running; undefined outside of nodes. */
  currentNode(): string | undefined;
  /** Ends the node's process, which loses its memory and is not restarted; false if it is not running. */
  crash(node: string): boolean;
  /** The node's process ends, its work done: its timers stop, its connections close. Nothing on the real backend. */
  exit(node: string): void;
  /** Starts a new process of the node after the previous one died. */
  restart(node: string): void;
  /** From now on faults by hand end if nodes cannot continue under them. */
  settles(): void;
  /** Records an operation of the code that looks at nodes, as the node `test`. One that throws is indefinite. */
  perform(operation: PlannedOperation, body: () => Promise<OperationResult>): Promise<void>;
  /** Code has waited in vain and throws the error: the run says what may have held it up, and what nodes wait for now. */
  waitedInVain(error: unknown, reasons: readonly string[]): void;
  /** Code waits: until the returned function is called, the report of a stuck run uses these words. */
  awaits(describe: () => string): () => void;
  /** What the node leaves behind, whose code returns at this moment. Nothing on the real backend. */
  leftBy(node: string): LeftWrites;
}

/** A write to etcd that code has forgotten. */
export interface UnawaitedWrite {
  /** Such as `put "jobs/1"`. */
  readonly what: string;
  /** The line that made it; only in a run with stacks. */
  readonly place?: string;
  readonly state: 'not sent' | 'under way';
}

/** The writes that a node has not sent, or not awaited. Without stacks it may list some that are awaited. */
export interface LeftWrites {
  readonly left: readonly UnawaitedWrite[];
  /** The lines whose writes were sent, by any node so far; none without stacks. */
  readonly sentAt: ReadonlySet<string>;
}

/** The context of setup and observation code: a client whose link has no faults. */
export interface ObserverContext {
  readonly plan: Plan;
  readonly control: RunControl;
  readonly client: Etcd3;
  /** Every key of the run begins with it, so runs can share an etcd. */
  readonly prefix: string;
  readonly options: OptionValues;
}

/** How to classify an operation's error. */
export interface PerformOptions {
  /**
   * The operation is one call whose errors say by `definite` whether it happened, as those of this package's
   * recipes do. That statement then holds for the operation, independent of its requests. Default false.
   */
  readonly isOneCall?: boolean;
}

/** The context of one node. */
export interface NodeContext extends ObserverContext {
  readonly node: string;
  /** The etcd3 options of `client`, for code that makes its own client. */
  readonly etcdOptions: IOptions;
  /**
   * Runs `body` as the planned operation and records invocation, return and outcome. An error becomes `failed`
   * or `indefinite` and is not thrown on; resolves to undefined then. It is `failed` where `body` sent no write, or
   * none that was or may be applied, and where the error has `nothingHappened: true` (`NothingHappenedError`).
   * Where a planned operation is several, or is tried again, the id of each is the planned one's, a dot and more; an
   * id is used once.
   */
  perform(
    operation: PlannedOperation,
    body: () => Promise<OperationResult>,
    options?: PerformOptions,
  ): Promise<OperationResult | undefined>;
  /**
   * Skips a planned operation, with the reason. A node must perform or skip all of its operations before it ends;
   * otherwise the run is inconclusive.
   */
  skip(operation: PlannedOperation, reason: string): void;
  /** Adds to a named counter of the run, such as `conflicts`. */
  count(counter: string, by?: number): void;
  /** Reports that a rare situation was reached, one of {@link Scenario.marks}. */
  mark(name: string): void;
  /**
   * From now on the run does not wait for this node: it ends, and its client closes, after all other nodes have ended.
   */
  becomeDaemon(): void;
}

/** One line of a run's summary, such as `acc1` `100`. */
export interface SummaryLine {
  readonly label: string;
  readonly value: string;
}

/** One scenario. */
export interface Scenario {
  /** In kebab-case; the value for `--scenario`. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  readonly options: OptionSpecs;
  /** For a specimen: a sweep over this many seeds must catch it; default 100. */
  readonly caughtWithinSeeds?: number;
  /** Rare situations that a sweep should reach, a few words each. The sweep reports the ones it did not reach. */
  readonly marks?: readonly string[];
  /** The number of members of its cluster unless the caller chooses; default 1. */
  readonly members?: 1 | 3;
  /** Nodes that serve others: faults on links are drawn for the ways to them, too. None by default. */
  readonly peers?: readonly string[];
  /**
   * Whether its code logs in, and logs in again when a token expires. Only then do `swarm` and `all` draw the faults that turn
   * authentication on; false by default.
   */
  readonly logsIn?: boolean;
  /** Kinds of fault that make no sense for it, such as `clock-*`: `swarm` and `all` leave them out. None by default. */
  readonly withoutFaults?: readonly FaultPattern[];
  /** Draws the nodes and their operations. Return a list if they are not random. */
  nodes(options: OptionValues): AnyArbitrary<readonly PlannedNode[]> | readonly PlannedNode[];
  /**
   * Whether all of these nodes, a part of the drawn ones, finish with these options when the code under test
   * is correct. They do not if a node consumes items that are no longer produced, or uses something that the
   * options no longer create. Called when a failure is shrunk; by default every part finishes.
   */
  canEnd?(nodes: readonly PlannedNode[], options: OptionValues): boolean;
  /** Operations and checks appear during the run and are not planned; default false. */
  readonly isOpen?: boolean;
  /** Creates the initial state, before any node starts and without faults. */
  setup(context: ObserverContext): Promise<void>;
  /**
   * Inspects the final state after all nodes and all faults have ended. An error that it throws is an error of the
   * run.
   */
  afterwards?(context: ObserverContext): Promise<void>;
  /** The whole work of one node. It ends when the node has done all its planned operations. */
  run(context: NodeContext, operations: readonly PlannedOperation[]): Promise<void>;
  /**
   * Returns the remaining work of a node that restarts after a crash, with nothing in memory: {@link run} is called
   * again with it. `begun` are the operations it has begun so far, in order; those without an outcome never
   * returned. Without it the nodes of this scenario do not crash.
   */
  restart?(operations: readonly PlannedOperation[], begun: readonly Operation[]): readonly PlannedOperation[];
  checks(options: OptionValues): readonly Check[];
  /** The summary of the run for its reader, in the scenario's own words. */
  summarize(history: History, options: OptionValues): readonly SummaryLine[];
}

/**
 * Thrown in the body of `perform`: nothing of the operation happened, and nothing will. The operation is
 * recorded as `failed`, with the name and the message of its cause, if it has one. Any error with
 * `nothingHappened: true` says the same.
 */
export class NothingHappenedError extends Error {
  override readonly name = 'NothingHappenedError';
  readonly nothingHappened = true;
}
