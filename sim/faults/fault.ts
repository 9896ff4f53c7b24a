/**
 * What a fault is: data in the plan, with a meaning in simulation and a meaning on the real backend, both written
 * in verbs a person would say. One file per kind; `index.ts` names them all.
 */
import type { Arbitrary } from 'fast-check';
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
  /** Faults begin before this time. */
  readonly horizonMs: number;
}

/** The verbs a fault has in simulation. All take effect at once. */
export interface SimulatedWorld {
  /** Puts a rule on the link between a node and a member until the returned function is called. */
  addRule(node: string, member: string, rule: LinkRule): () => void;
  /** Breaks the connection between a node and a member; returns how many calls it cut (0: nothing was open). */
  resetConnection(node: string, member: string): number;
  stopMember(member: string): void;
  startMember(member: string): void;
  /** Has the operator of the etcd do something; it is a hit if it did. */
  operate(order: (operator: Operator) => Promise<boolean>): void;
  /** An integer in [min, max], both included, from the stream of this fault. */
  randomInteger(min: number, max: number): number;
  /** Tells that the fault touched a message, a call or a connection. */
  hit(count?: number): void;
}

/** One toxic of Toxiproxy, always with toxicity 1. */
export interface Toxic {
  readonly type: 'latency' | 'timeout' | 'reset_peer' | 'bandwidth' | 'slow_close' | 'slicer' | 'limit_data';
  /** `upstream` is from the node to the member. */
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

/** The verbs a fault has on the real backend. Hits are measured by the backend itself. */
export interface RealWorld {
  /** Adds the toxic to the proxy between a node and a member; the returned function removes it. */
  addToxic(node: string, member: string, toxic: Toxic): Promise<() => Promise<void>>;
  /** Cuts every connection between a node and a member and accepts new ones at once. */
  resetConnections(node: string, member: string): Promise<void>;
  /** Kills the member's process (SIGKILL). */
  stopMember(member: string): Promise<void>;
  /** Starts the member's process again on the same data. */
  startMember(member: string): Promise<void>;
  /** Has the operator of the etcd do something. */
  operate(order: (operator: Operator) => Promise<boolean>): Promise<void>;
}

/** What somebody else can do to the etcd of a run; each verb resolves to whether it did anything. */
export interface Operator {
  /** Compacts all but the last `keep` revisions, none before it is in the run's log. */
  compact(keep: number): Promise<boolean>;
  /** Revokes a lease that keys of the run are attached to: the one at this place among them, counted round. */
  revokeLease(index: number): Promise<boolean>;
}

/** A fault that is now acting. `end` undoes it and may be called once. */
export interface ActiveFault {
  end(): void;
}

/** The same on the real backend. */
export interface ActiveRealFault {
  end(): Promise<void>;
}

/** One kind of fault: how it is drawn, said and done. */
export interface FaultKind<F extends FaultWindow & { readonly kind: string }> {
  readonly kind: F['kind'];
  /** What it does, as a sentence, for the docs. */
  readonly description: string;
  arbitrary(targets: FaultTargets): Arbitrary<F>;
  /** One short phrase for reports, such as `n3 cut off from m1`. */
  describe(fault: F): string;
  simulate(fault: F, world: SimulatedWorld): ActiveFault;
  impose(fault: F, world: RealWorld): Promise<ActiveRealFault>;
}
