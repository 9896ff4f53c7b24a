/**
 * What a fault is: data in the plan, with a meaning in simulation and a meaning on the real backend, both written
 * in verbs a person would say. One file per kind; `index.ts` names them all.
 */
import type { Arbitrary } from 'fast-check';
import type { GenericSchema } from 'valibot';
import type { LinkRule } from '../network/rule.js';
import type { AimAt } from './aim.js';

/**
 * When a fault acts, in milliseconds since the nodes started: virtual in simulation, wall clock on the real
 * backend.
 */
export interface FaultWindow {
  readonly atMs: number;
  readonly durationMs: number;
}

/** The possible targets of a fault. */
export interface FaultTargets {
  readonly nodes: readonly string[];
  readonly members: readonly string[];
  /** Nodes that serve others, which links lead to as well. */
  readonly peers: readonly string[];
  /** Faults begin before this time. */
  readonly horizonMs: number;
  /** It is many times longer than a short run. */
  readonly horizonIsLong: boolean;
}

/** The verbs a fault has in simulation. All take effect at once. */
export interface SimulatedWorld {
  /** Names of the members. */
  readonly members: readonly string[];
  /** Adds a rule to the link between a node and a member until the returned function is called. */
  addRule(node: string, member: string, rule: LinkRule): () => void;
  /**
   * Breaks the connection between a node and a member; returns how many calls it cut (0 if no connection was
   * open).
   */
  resetConnection(node: string, member: string): number;
  /**
   * The member's end of the connection disappears, but the node does not learn it; returns how many calls it
   * cut.
   */
  severConnection(node: string, member: string): number;
  /** Frames sent at the same moment travel as separate messages until the returned function is called. */
  separateMessages(node: string, member: string): () => void;
  stopMember(member: string): void;
  startMember(member: string): void;
  /** The member's process is paused, its connections open, until {@link resumeMember}. */
  pauseMember(member: string): void;
  resumeMember(member: string): void;
  /** Nothing passes between the member and the others until {@link mendMember}; clients still reach it. */
  cutMember(member: string): void;
  mendMember(member: string): void;
  /**
   * An operator removes the member from the cluster, as soon as etcd allows it; does nothing while they are
   * replacing another one. The returned function has them add a new member in its place, and resolves once
   * that one runs and has a vote. `onRemoved` is called when the member is out.
   */
  replaceMember(member: string, how: Replacement, onRemoved: () => void): () => void | Promise<void>;
  /**
   * Leadership passes to the member, or to the next one if it already leads; false if that was impossible.
   */
  moveLeader(member: string): boolean;
  /** The member applies committed entries this much later; the returned function ends that. */
  slowMember(member: string, byMs: number): () => void;
  /**
   * The member reports a full database after this delay. Requests accepted until then are done and refused.
   * False if no leader could hear it.
   */
  raiseNoSpace(member: string, letInMs: number): boolean;
  /** Resolves once the delay is over; at once, without a promise, if it is over when this returns. */
  lowerNoSpace(member: string): void | Promise<void>;
  /** The members end every watch stream of the node in this way; returns how many. */
  endWatches(node: string, how: WatchEnd): number;
  /**
   * The node is paused for this long: its timers and its incoming messages wait. `onHeld` is called for each.
   */
  pauseNode(node: string, durationMs: number, onHeld: () => void): void;
  /** The node's process dies and loses its memory; false if it is not running. */
  crashNode(node: string): boolean;
  /** The node's process starts again, once for every time it died. */
  restartNode(node: string): void;
  /**
   * The node's wall clock is ahead or behind by this much; the returned function corrects it. `onRead` is
   * called at each reading.
   */
  shiftClock(node: string, byMs: number, onRead: () => void): () => void;
  /** All clocks of the node run too fast, or too slowly, until the returned function is called. `onRead` as above. */
  driftClock(node: string, perMille: number, onRead: () => void): () => void;
  /**
   * Has the operator of the etcd do something, at once or after a delay; it is a hit if the operator changed
   * anything.
   */
  operate(order: Order, afterMs?: number): void;
  /** Virtual time, in microseconds since the run began. */
  nowUs(): number;
  /** An integer in [min, max], both included, from the stream of this fault. */
  randomInteger(min: number, max: number): number;
  /** Records that the fault touched a message, a call or a connection. */
  hit(count?: number): void;
}

/** How a member is replaced. */
export interface Replacement {
  /** Its process dies before it is removed; otherwise it runs until it learns of its removal. */
  readonly isLost: boolean;
  /** The new member starts as a learner, and is promoted once it has caught up. */
  readonly asLearner: boolean;
}

/**
 * How a member ends a watch stream: with etcd's error for a member without a leader, or without any error.
 */
export type WatchEnd = 'no-leader' | 'clean';

/** One toxic of Toxiproxy, with toxicity 1. */
export interface Toxic {
  readonly type: 'latency' | 'timeout' | 'reset_peer' | 'bandwidth' | 'slow_close' | 'slicer' | 'limit_data';
  /** `upstream` is from the node to the member. */
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

/** The verbs a fault has on the real backend, which counts the connections that a fault hits itself. */
export interface RealWorld {
  /** Names of the members. */
  readonly members: readonly string[];
  /** Adds the toxic to the proxy between a node and a member; the returned function removes it. */
  addToxic(node: string, member: string, toxic: Toxic): Promise<() => Promise<void>>;
  /** Cuts every connection between a node and a member and accepts new ones at once. */
  resetConnections(node: string, member: string): Promise<void>;
  /** Kills the member's process (SIGKILL). */
  stopMember(member: string): Promise<void>;
  /** Starts the member's process again on the same data. */
  startMember(member: string): Promise<void>;
  /** Stops the member's process where it is (SIGSTOP), its connections open. */
  pauseMember(member: string): Promise<void>;
  /** Resumes it (SIGCONT). */
  resumeMember(member: string): Promise<void>;
  /** Cuts every connection between the member and the others, and prevents new ones. */
  cutMember(member: string): Promise<void>;
  mendMember(member: string): Promise<void>;
  /**
   * Removes the member from the cluster; rejects if etcd refuses that for long, or another replacement is
   * under way. The resolved function adds another member in its place, with no data, and starts it.
   */
  replaceMember(member: string, how: Replacement): Promise<() => Promise<void>>;
  /**
   * Asks the leader to hand over to the member, or to the next one if it already leads; false if there is no
   * leader.
   */
  moveLeader(member: string): Promise<boolean>;
  /** Raises the alarm that the member's database is full. */
  raiseNoSpace(member: string): Promise<void>;
  /** Disarms it; resolves once that is done. */
  lowerNoSpace(member: string): Promise<void>;
  /** Has the operator of the etcd do something; it is a hit if the operator changed anything. */
  operate(order: Order): Promise<void>;
  /** Records an effect of the fault that no connection shows. */
  hit(): void;
}

/** An action of the operator; resolves to false if it changed nothing, otherwise to what happened. */
export type Order = (operator: Operator) => Promise<boolean | Deed>;

/** The result of an operator's action. */
export interface Deed {
  /** As {@link FaultKind.describe}, with the facts known once it is done. */
  readonly text: string;
  readonly revoked?: RevokedLease;
}

/** A lease that was revoked. */
export interface RevokedLease {
  /** In decimal. */
  readonly lease: string;
  /** Its keys at that time, without the run's prefix. */
  readonly keys: readonly string[];
}

/** What another client can do to the etcd of a run; each verb resolves to whether it changed anything. */
export interface Operator {
  /** Compacts all but the last `keep` revisions, and no revision before it is in the run's log. */
  compact(keep: number): Promise<boolean>;
  /** Revokes a lease with keys of the run attached: the one at this place among them, counted round. */
  revokeLease(index: number): Promise<false | RevokedLease>;
  /** Invalidates the tokens of one node, or of all nodes. */
  expireTokens(node: string | undefined): Promise<boolean>;
}

/** A fault that is now acting. `end` undoes it and may be called once; the run ends only after that. */
export interface ActiveFault {
  end(): void | Promise<void>;
  /** Undoes one that has hit nothing and is not to be noticed; as `end` where it is not given. */
  lift?(): void;
}

/** The same on the real backend. */
export interface ActiveRealFault {
  end(): Promise<void>;
}

/** One kind of fault: how it is drawn, described and applied. */
export interface FaultKind<F extends FaultWindow & { readonly kind: string }> {
  readonly kind: F['kind'];
  /** Its fields. Drawn, shrunk and loaded values must all match it. */
  readonly schema: GenericSchema<unknown, F>;
  /** What it does, as a sentence, for the docs. */
  readonly description: string;
  /** How the real backend implements it, in a few words; without `impose`, why it cannot. */
  readonly onReal: string;
  /** At the start it is there before any node does anything: no strategy orders it. */
  readonly precedesNodes?: boolean;
  /** It makes sense only in clusters with at least this many members; 1 by default. */
  readonly membersMin?: number;
  /**
   * It makes sense only if the scenario defines what a node does after a crash ({@link Scenario.restart}).
   */
  readonly crashes?: boolean;
  /** A run with this fault turns authentication on, and its nodes log in. */
  readonly authentication?: boolean;
  /** In a swarm it is off this many times as often as on; 1 by default. */
  readonly rarity?: number;
  /** False if no swarm draws it, so that seeds keep their runs from before the kind existed. */
  readonly inSwarms?: boolean;
  /** What it may be aimed at, besides other faults; nothing by default. */
  readonly aims?: readonly AimAt[];
  /** An outage, after which leases may be gone: it may last as long as leases, and other faults may meet it. */
  readonly isOutage?: boolean;
  arbitrary(targets: FaultTargets): Arbitrary<F>;
  /** One short phrase for reports, such as `n3 cut off from m1`. */
  describe(fault: F): string;
  simulate(fault: F, world: SimulatedWorld): ActiveFault;
  /** Undefined if the real backend cannot do it. */
  impose?(fault: F, world: RealWorld): Promise<ActiveRealFault>;
}
