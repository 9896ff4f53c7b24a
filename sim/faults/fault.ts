/**
 * What a fault is: data in the plan, with a meaning in simulation and a meaning on the real backend, both written
 * in verbs a person would say. One file per kind; `index.ts` names them all.
 */
import type { Arbitrary } from 'fast-check';
import type { GenericSchema } from 'valibot';
import type { LinkRule } from '../network/rule.js';

/** When a fault acts, in milliseconds since the nodes started: virtual in simulation, wall clock on the real one. */
export interface FaultWindow {
  readonly atMs: number;
  readonly durationMs: number;
}

/** What a fault may be aimed at. */
export interface FaultTargets {
  readonly nodes: readonly string[];
  readonly members: readonly string[];
  /** Nodes that serve others, which links lead to as well. */
  readonly peers: readonly string[];
  /** Faults begin before this time. */
  readonly horizonMs: number;
  /** It is many times longer than short runs take. */
  readonly horizonIsLong: boolean;
}

/** The verbs a fault has in simulation. All take effect at once. */
export interface SimulatedWorld {
  /** Names of the members. */
  readonly members: readonly string[];
  /** Puts a rule on the link between a node and a member until the returned function is called. */
  addRule(node: string, member: string, rule: LinkRule): () => void;
  /** Breaks the connection between a node and a member; returns how many calls it cut (0: nothing was open). */
  resetConnection(node: string, member: string): number;
  /** The member's end of the connection is gone and the node is not told; returns how many calls it cut. */
  severConnection(node: string, member: string): number;
  /** What is sent at the same moment travels as messages of its own until the returned function is called. */
  separateMessages(node: string, member: string): () => void;
  stopMember(member: string): void;
  startMember(member: string): void;
  /** The member's process stands still, its connections open, until {@link resumeMember}. */
  pauseMember(member: string): void;
  resumeMember(member: string): void;
  /** Nothing passes between the member and the others until {@link mendMember}; clients still reach it. */
  cutMember(member: string): void;
  mendMember(member: string): void;
  /**
   * An operator removes the member from the cluster, as soon as etcd lets them; nothing where they are replacing another.
   * What this returns has them add another in its place, and resolves once that one runs and has a vote. `onRemoved` is
   * told when the member is out.
   */
  replaceMember(member: string, how: Replacement, onRemoved: () => void): () => void | Promise<void>;
  /** Leadership passes to the member, or to the next where it leads already; false where it could not. */
  moveLeader(member: string): boolean;
  /** The member applies what is committed so much later; what it returns ends that. */
  slowMember(member: string, byMs: number): () => void;
  /**
   * The member says that its database is full, so much later; what was let in until then is done and refused. False
   * where nobody could hear it.
   */
  raiseNoSpace(member: string, letInMs: number): boolean;
  /** Resolves once that is over; at once, without a promise, where it is over when this returns. */
  lowerNoSpace(member: string): void | Promise<void>;
  /** The members end every watch stream of the node in this way; returns how many there were. */
  endWatches(node: string, how: WatchEnd): number;
  /** The node does nothing for so long: its timers and what comes to it wait. `onHeld` is told of each. */
  pauseNode(node: string, durationMs: number, onHeld: () => void): void;
  /** The node's process dies, with all it has in memory; false where it has none any more. */
  crashNode(node: string): boolean;
  /** The node's process starts again, once for every time it died. */
  restartNode(node: string): void;
  /** The node's wall clock is ahead by so much, or behind; what it returns sets it right. `onRead` is told of each look. */
  shiftClock(node: string, byMs: number, onRead: () => void): () => void;
  /** All clocks of the node run too fast, or too slowly, until the returned function is called. `onRead` as above. */
  driftClock(node: string, perMille: number, onRead: () => void): () => void;
  /** Has the operator of the etcd do something, at once or so much later; it is a hit if it did. */
  operate(order: Order, afterMs?: number): void;
  /** Virtual time, in microseconds since the run began. */
  nowUs(): number;
  /** An integer in [min, max], both included, from the stream of this fault. */
  randomInteger(min: number, max: number): number;
  /** Tells that the fault touched a message, a call or a connection. */
  hit(count?: number): void;
}

/** How a member is replaced. */
export interface Replacement {
  /** Its process dies before it is removed; otherwise it runs until it hears that it was. */
  readonly isLost: boolean;
  /** The other is a learner first, and is promoted once it has caught up. */
  readonly asLearner: boolean;
}

/** How a member ends a watch stream: with etcd's error for a member that has lost its leader, or without any. */
export type WatchEnd = 'no-leader' | 'clean';

/** One toxic of Toxiproxy, always with toxicity 1. */
export interface Toxic {
  readonly type: 'latency' | 'timeout' | 'reset_peer' | 'bandwidth' | 'slow_close' | 'slicer' | 'limit_data';
  /** `upstream` is from the node to the member. */
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

/** The verbs a fault has on the real backend, which measures itself how many connections a fault hits. */
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
  /** Lets it go on (SIGCONT). */
  resumeMember(member: string): Promise<void>;
  /** Cuts every connection between the member and the others, and lets none come about. */
  cutMember(member: string): Promise<void>;
  mendMember(member: string): Promise<void>;
  /**
   * Removes the member from the cluster; rejects where etcd refuses that for long, or another is being replaced. What it
   * resolves with adds another in its place, with no data, and starts it.
   */
  replaceMember(member: string, how: Replacement): Promise<() => Promise<void>>;
  /** Asks the leader to hand over to the member, or to the next where it leads already; false where nobody leads. */
  moveLeader(member: string): Promise<boolean>;
  /** Raises the alarm that the member's database is full. */
  raiseNoSpace(member: string): Promise<void>;
  /** Disarms it; resolves once that is done. */
  lowerNoSpace(member: string): Promise<void>;
  /** Has the operator of the etcd do something; it is a hit if it did. */
  operate(order: Order): Promise<void>;
  /** Tells that the fault did what shows at no connection. */
  hit(): void;
}

/** Something for the operator to do; resolves to false where it did nothing, and else to what there is to tell of it. */
export type Order = (operator: Operator) => Promise<boolean | Deed>;

/** What an operator has done. */
export interface Deed {
  /** As {@link FaultKind.describe}, with what is known once it is done. */
  readonly text: string;
  readonly revoked?: RevokedLease;
}

/** A lease that was revoked. */
export interface RevokedLease {
  /** In decimal. */
  readonly lease: string;
  /** The keys that it then had, without the run's prefix. */
  readonly keys: readonly string[];
}

/** What somebody else can do to the etcd of a run; each verb resolves to whether it did anything. */
export interface Operator {
  /** Compacts all but the last `keep` revisions, none before it is in the run's log. */
  compact(keep: number): Promise<boolean>;
  /** Revokes a lease that keys of the run are attached to: the one at this place among them, counted round. */
  revokeLease(index: number): Promise<false | RevokedLease>;
  /** Makes the tokens of a node void, or those of all nodes. */
  expireTokens(node: string | undefined): Promise<boolean>;
}

/** A fault that is now acting. `end` undoes it and may be called once; a run does not end before it has. */
export interface ActiveFault {
  end(): void | Promise<void>;
  /** Undoes one that has hit nothing and is not to be noticed; as `end` where it is not given. */
  lift?(): void;
}

/** The same on the real backend. */
export interface ActiveRealFault {
  end(): Promise<void>;
}

/** One kind of fault: how it is drawn, said and done. */
export interface FaultKind<F extends FaultWindow & { readonly kind: string }> {
  readonly kind: F['kind'];
  /** Its fields; what is drawn, shrunk and read of a repro passes it. */
  readonly schema: GenericSchema<unknown, F>;
  /** What it does, as a sentence, for the docs. */
  readonly description: string;
  /** What it is made of on the real backend, in a few words; where it has no `impose`, why it has none. */
  readonly onReal: string;
  /** It has a meaning in clusters of so many members only; 1 by default. */
  readonly membersMin?: number;
  /** It has a meaning only where the scenario says what a node does after a crash ({@link Scenario.restart}). */
  readonly crashes?: boolean;
  /** A run that has it has authentication on, and its nodes log in. */
  readonly authentication?: boolean;
  /** In a swarm it is off so many times as often as on; 1 by default. */
  readonly rarity?: number;
  /** False where no swarm draws it, so that seeds keep the runs that they had before there was the kind. */
  readonly inSwarms?: boolean;
  arbitrary(targets: FaultTargets): Arbitrary<F>;
  /** One short phrase for reports, such as `n3 cut off from m1`. */
  describe(fault: F): string;
  simulate(fault: F, world: SimulatedWorld): ActiveFault;
  /** Undefined where the real backend cannot do it. */
  impose?(fault: F, world: RealWorld): Promise<ActiveRealFault>;
}
