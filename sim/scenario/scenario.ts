/**
 * A scenario says what nodes do and what must hold. It sees an etcd3 client and nothing of where it runs: the
 * simulated and the real backend call the same functions.
 */
import type { Arbitrary } from 'fast-check';
import type { Etcd3, IOptions } from 'etcd3';
import type { Check } from '../check/check.js';
import type { FaultPattern } from '../faults/fault-pattern.js';
import type { Fault } from '../faults/index.js';
import type { Plan, PlannedNode, PlannedOperation } from '../plan/plan.js';
import type { History, Operation } from '../history/history.js';
import type { Json } from '../input/json.js';
import type { OptionSpecs, OptionValues } from '../plan/options.js';

/** What an operation's body hands back. */
export interface OperationResult {
  readonly output: Json;
  /** The revision it committed at, where it wrote and etcd told. */
  readonly revision?: number;
}

/** A fault that was begun by hand. */
export interface Injection {
  /** Undoes it, where it has not ended by itself. */
  end(): Promise<void>;
}

export interface InjectionOptions {
  /** In simulation it ends once it has touched a message, a call or a connection. */
  readonly untilHit?: boolean;
}

/** What code can do to its own run while it goes on. */
export interface RunControl {
  /**
   * Begins a fault now; it ends by itself after its `durationMs`, at the latest when the nodes have ended. Rejects where
   * the backend cannot do it.
   */
  inject(fault: Fault, options?: InjectionOptions): Promise<Injection>;
  /** The run goes on, though all nodes have ended, until the returned function is called. */
  hold(): () => void;
  /** The name of the node whose code is running; undefined where that is none's. */
  currentNode(): string | undefined;
  /** The node's process dies, with all it has in memory, and nobody starts it again; false where it has none. */
  crash(node: string): boolean;
  /** A process of the node starts, once another has died. */
  restart(node: string): void;
  /** Somebody waits: until the returned function is called, a run that is stuck says so in these words. */
  awaits(describe: () => string): () => void;
}

/** What setup and observation code sees: a client whose link has no faults. */
export interface ObserverContext {
  readonly plan: Plan;
  readonly control: RunControl;
  readonly client: Etcd3;
  /** Every key of the run begins with it, so that runs can share an etcd. */
  readonly prefix: string;
  readonly options: OptionValues;
}

/** How an operation's error is to be taken. */
export interface PerformOptions {
  /**
   * The operation is one call of something that says by `definite` of its errors whether it happened, as the recipes
   * of this package do: that is then true of the operation, whatever its requests did. Default false.
   */
  readonly isOneCall?: boolean;
}

/** What one node sees. */
export interface NodeContext extends ObserverContext {
  readonly node: string;
  /** The etcd3 options `client` was made from, for code that makes its own client. */
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
   * This node does not perform the planned operation, and says why. A node performs or skips all of its operations
   * before it ends: a run in which one does neither is inconclusive.
   */
  skip(operation: PlannedOperation, reason: string): void;
  /** Adds to a named counter of the run, such as `conflicts`. */
  count(counter: string, by?: number): void;
  /** A rare situation is reached, one of {@link Scenario.marks}. */
  mark(name: string): void;
  /** From now on the run does not wait for this node to end: it ends, and its client closes, once all others have. */
  becomeDaemon(): void;
}

/** One line of a run's summary, such as `acc1` `100`. */
export interface SummaryLine {
  readonly label: string;
  readonly value: string;
}

/** One scenario. */
export interface Scenario {
  /** Kebab-case; what `--scenario` takes. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  readonly options: OptionSpecs;
  /** Of a specimen: a sweep over so many seeds must catch it; 100 unless it says otherwise. */
  readonly caughtWithinSeeds?: number;
  /** Rare situations, a few words each, that a sweep should reach; it says which it did not. */
  readonly marks?: readonly string[];
  /** How many members its cluster has where nothing else is asked for; 1 unless it says otherwise. */
  readonly members?: 1 | 3;
  /**
   * Whether its code logs in, and in again once a token is void. Only then do `swarm` and `all` draw the faults that turn
   * authentication on; false by default.
   */
  readonly logsIn?: boolean;
  /** Kinds of fault that make no sense for it, such as `clock-*`: `swarm` and `all` leave them out. None by default. */
  readonly withoutFaults?: readonly FaultPattern[];
  /** Draws the nodes and their operations; a list, where nothing about them is random. */
  nodes(options: OptionValues): Arbitrary<readonly PlannedNode[]> | readonly PlannedNode[];
  /**
   * Whether all of these nodes, a part of what was drawn, come to their end with these options when the code under test
   * is right: where somebody consumes what nobody produces any more, or uses what the options no longer make, they do
   * not. Asked when a failure is shrunk; any part does unless the scenario says otherwise.
   */
  canEnd?(nodes: readonly PlannedNode[], options: OptionValues): boolean;
  /** Operations and checks come up while it runs, and are not known before; false by default. */
  readonly isOpen?: boolean;
  /** Makes the initial state, before any node starts and without faults. */
  setup(context: ObserverContext): Promise<void>;
  /** Looks at what is left once all nodes have ended and every fault is over; what it throws is an error of the run. */
  afterwards?(context: ObserverContext): Promise<void>;
  /** One node's whole work. Ends when the node has done all it was planned to do. */
  run(context: NodeContext, operations: readonly PlannedOperation[]): Promise<void>;
  /**
   * What a node still has to do when its process starts again after a crash, with nothing in memory: {@link run} is
   * called anew with it. `begun` are the operations it has begun so far, in order; those without an outcome never
   * returned. Without it the nodes of this scenario do not crash.
   */
  restart?(operations: readonly PlannedOperation[], begun: readonly Operation[]): readonly PlannedOperation[];
  checks(options: OptionValues): readonly Check[];
  /** What a person wants to know of the run, in the scenario's own words. */
  summarize(history: History, options: OptionValues): readonly SummaryLine[];
}

/**
 * Thrown in the body of `perform`: nothing of the operation happened, and nothing will. The operation is recorded as
 * `failed`, by the name and the message of the cause where it has one. Any error with `nothingHappened: true` says
 * the same.
 */
export class NothingHappenedError extends Error {
  override readonly name = 'NothingHappenedError';
  readonly nothingHappened = true;
}
