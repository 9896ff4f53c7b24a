/**
 * How a network talks to the in-memory etcd, and what the in-memory etcd needs from its host. Both sides are
 * plain data and callbacks, so the same service is reached through the simulated channel and served over real
 * gRPC. Invariant: the etcd side never reads a clock, draws a random number or does I/O except through
 * {@link EtcdHost}.
 */
import type { CallStatus } from './call-status.js';
import type { MemberMetrics } from './metrics/member-metrics.js';

/** What the in-memory etcd may ask of the world around it: time, timers, randomness. */
export interface EtcdHost {
  /** Milliseconds on the server's own monotonic clock. */
  nowMs(): number;
  /** Runs `action` after `delayMs`; the returned function cancels it and is harmless afterwards. */
  schedule(delayMs: number, action: () => void): () => void;
  /**
   * As {@link schedule}, for what repeats for ever and changes nothing that a client could wait for, such as
   * progress notifications: a simulated run with nothing else ahead is stuck.
   */
  scheduleHousekeeping(delayMs: number, action: () => void): () => void;
  /** The next draw of the stream named `stream`: an unsigned 32-bit integer. */
  randomUint32(stream: string): number;
  /**
   * Ties a callback to the call that is being served, so that an exception in it is that call's and nobody else's;
   * `otherwise` is then its result. Where it is not there, as in a simulation, an exception is an error of the whole.
   */
  bind?<A extends readonly unknown[], R>(callback: (...given: A) => R, otherwise: R): (...given: A) => R;
}

/**
 * gRPC metadata as the server sees it, lower-case names and text values only; and, beside it, what no client can put
 * there.
 */
export interface CallMetadata extends ReadonlyMap<string, string> {
  /**
   * The common name of the certificate that the client has proved to be its own, where the server takes users from
   * certificates; it may be empty.
   */
  readonly commonName?: string | undefined;
}

/**
 * How a call begins: its service gets it, once it is known what it asks for; or it is turned away before, by a learner
 * or because the client wants a leader and there is none.
 */
export type Beginning = 'served' | 'turned away by a learner' | 'turned away without a leader';

/** Where a server puts what it has to say to one call. After `status` nothing more may follow. */
export interface CallSink {
  /** One response message, protobuf-encoded. */
  message(bytes: Uint8Array): void;
  /** The end of the call. */
  status(status: CallStatus): void;
  /**
   * True while so much waits for a client that does not read that no more should come, answers excepted. Where it is
   * not there, clients read whatever they are sent.
   */
  isFull?(): boolean;
  /** Told once, ahead of all else, unless nobody can make anything of the call. */
  begun?(how: Beginning): void;
}

/** The server's side of one call that is under way. Calls into it after its end are ignored. */
export interface ServerCall {
  /** One request message, protobuf-encoded. */
  message(bytes: Uint8Array): void;
  /** The client will send nothing more. */
  halfClose(): void;
  /**
   * The client is gone (cancelled, deadline passed, connection lost): nothing more may be put into the sink.
   *
   * @param isLate its deadline has passed
   */
  cancel(isLate?: boolean): void;
}

/** One member of an etcd cluster as a gRPC server. */
export interface EtcdMember {
  readonly name: string;
  /** Whether authentication is on, as far as it has applied; undefined where it does not say. */
  readonly isAuthEnabled?: boolean | undefined;
  /**
   * Starts a call.
   *
   * @param method the full gRPC method, such as `/etcdserverpb.KV/Range`
   * @param metadata the call's request metadata
   * @param sink receives messages and exactly one status, synchronously or later
   * @param timeoutMs how long the client will wait; infinite by default. The network cancels the call when it is over
   */
  open(method: string, metadata: CallMetadata, sink: CallSink, timeoutMs?: number): ServerCall;
}

/** A member that can be measured. */
export interface MeasuredMember extends EtcdMember {
  /** Tells its metrics once it serves: at once, unless its process stands still or has just begun. */
  measure(tell: (metrics: MemberMetrics) => void): void;
}

/** The alarms that a member can raise. */
export type AlarmName = 'NOSPACE' | 'CORRUPT';

/**
 * The whole in-memory cluster: one totally ordered log and members that serve it. Members are named; a name that
 * none has throws.
 */
export interface EtcdCluster {
  readonly members: readonly MeasuredMember[];
  /** Who leads with a quorum; undefined while nobody does. */
  readonly leader: string | undefined;
  /** Ends the member's process: its calls and watch streams vanish without a word. */
  stopMember(name: string): void;
  /**
   * Starts the member again; its data is as it was, its streams are not. One that was removed does not start. A name
   * that none has, or one that was removed and has ended, is what a member is called from now on that was added and never
   * started: the one whose peer URL has that host, or the only one. It starts with nothing, and gets all from the leader.
   */
  startMember(name: string): void;
  /**
   * The leader is asked to remove the member; its process goes on for a second. As the two verbs that follow: etcd may
   * refuse it as things are, so it is repeated until it is true; it does nothing from then on.
   *
   * @returns true once it is out of the cluster
   */
  removeMember(name: string): boolean;
  /** Adds another in the place of a member that was removed; true once {@link startMember} may start it. */
  addMember(name: string, isLearner: boolean): boolean;
  /** Promotes a learner, which must have caught up; true once the member has a vote. */
  promoteMember(name: string): boolean;
  /** The member's process stands still, as under SIGSTOP: connections stay, nothing is answered, no timer runs. */
  pauseMember(name: string): void;
  /** The process goes on, beginning with all that came meanwhile. */
  resumeMember(name: string): void;
  /** True while the member has a process, also one that stands still. */
  isRunning(name: string): boolean;
  /** Nothing gets from one of the two members to the other, in either direction. Clients still reach both. */
  disconnectMembers(left: string, right: string): void;
  reconnectMembers(left: string, right: string): void;
  /** The member applies what is committed so many milliseconds later than it would; 0 ends that. */
  slowMember(name: string, byMs: number): void;
  /** Leadership passes to the member without an outage; false where it cannot lead as things are. */
  moveLeader(name: string): boolean;
  /**
   * The member raises an alarm for the whole cluster, as etcd does when its database is full or differs from others;
   * it holds until it is disarmed. False, and nothing happens, where the member does not run or nobody leads.
   */
  raiseAlarm(name: string, alarm: AlarmName): boolean;
  /**
   * The databases fill up: for so long requests are let in, and then those that would make them grow are done and
   * refused, and the member raises NOSPACE. False, and nothing happens, where the member does not run or nobody leads.
   */
  fillDatabase(name: string, letInMs: number): boolean;
  /** Somebody disarms the member's alarm; false where nobody leads. Ends {@link fillDatabase}, too. */
  lowerAlarm(name: string, alarm: AlarmName): boolean;
  /** Stops every timer; nothing happens in the cluster afterwards. */
  close(): void;
}

/** The callback, tied to the call that is being served where the host does so (see {@link EtcdHost.bind}). */
export function bound<A extends readonly unknown[], R>(
  host: EtcdHost,
  callback: (...given: A) => R,
  otherwise: R,
): (...given: A) => R {
  return host.bind?.(callback, otherwise) ?? callback;
}
