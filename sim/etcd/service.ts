/**
 * The interface between a network and the in-memory etcd, and between that and its host. Both sides are plain
 * data and callbacks, so the same service works behind the simulated channel and over real gRPC. Invariant:
 * the etcd side never reads a clock, draws a random number or does I/O except through {@link EtcdHost}.
 */
import type { CallStatus } from './call-status.js';
import type { MemberMetrics } from './metrics/member-metrics.js';

/** The world around the in-memory etcd: time, timers, randomness. */
export interface EtcdHost {
  /** Milliseconds on the server's own monotonic clock. */
  nowMs(): number;
  /**
   * Runs `action` after `delayMs`. The returned function cancels it; once the action has run, it does
   * nothing.
   */
  schedule(delayMs: number, action: () => void): () => void;
  /**
   * As {@link schedule}, for actions that repeat for ever and change nothing that a client could wait for,
   * such as progress notifications. A simulated run with nothing else ahead is stuck.
   */
  scheduleHousekeeping(delayMs: number, action: () => void): () => void;
  /** The next draw of the stream named `stream`: an unsigned 32-bit integer. */
  randomUint32(stream: string): number;
  /**
   * Ties a callback to the call that is being served, so that its exception ends only that call; `otherwise`
   * is then the result. Without it, as in a simulation, an exception is an error of the whole.
   */
  bind?<A extends readonly unknown[], R>(callback: (...given: A) => R, otherwise: R): (...given: A) => R;
}

/**
 * gRPC metadata as the server sees it: lower-case names and text values only. Beside it are facts that no
 * client can forge.
 */
export interface CallMetadata extends ReadonlyMap<string, string> {
  /**
   * The common name of the certificate that the client has proved to be its own, if the server takes users
   * from certificates; it may be empty.
   */
  readonly commonName?: string | undefined;
}

/**
 * How a call begins. Either its service gets it, once the method is known. Or it is refused before: by a
 * learner, or because the client requires a leader and there is none.
 */
export type Beginning = 'served' | 'turned away by a learner' | 'turned away without a leader';

/** Where a server sends its messages for one call. After `status` nothing more may follow. */
export interface CallSink {
  /** One response message, protobuf-encoded. */
  message(bytes: Uint8Array): void;
  /** The end of the call. */
  status(status: CallStatus): void;
  /**
   * True while a client that does not read has so many messages waiting that only answers should follow.
   * Without it, clients read everything that they are sent.
   */
  isFull?(): boolean;
  /** Called once, ahead of all else, unless the call cannot be interpreted. */
  begun?(how: Beginning): void;
}

/** The server's side of one call under way. Calls into it after its end are ignored. */
export interface ServerCall {
  /** One request message, protobuf-encoded. */
  message(bytes: Uint8Array): void;
  /** The client will send no more messages. */
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
  /** Whether authentication is on, as far as it has applied; undefined if it does not say. */
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
  /** Passes on its metrics once it serves: at once, unless its process is paused or has just begun. */
  measure(tell: (metrics: MemberMetrics) => void): void;
}

/** The alarms that a member can raise. */
export type AlarmName = 'NOSPACE' | 'CORRUPT';

/**
 * The whole in-memory cluster: one totally ordered log and members that serve it. Members are named; an
 * unknown name throws.
 */
export interface EtcdCluster {
  readonly members: readonly MeasuredMember[];
  /** The leader with a quorum; undefined if there is none. */
  readonly leader: string | undefined;
  /** Ends the member's process: its calls and watch streams end without any message. */
  stopMember(name: string): void;
  /**
   * Starts the member again: its data is kept, its streams are lost. A removed member does not start.
   *
   * An unused name, or that of a removed member that has ended, goes to a member that was added and never
   * started: the one whose peer URL has that host, or the only one. It starts with nothing, and gets
   * everything from the leader.
   */
  startMember(name: string): void;
  /**
   * Asks the leader to remove the member; its process continues for a second. This verb and the next two may
   * be refused by etcd in the current state, so repeat them until they return true; after that they do
   * nothing.
   *
   * @returns true once it is out of the cluster
   */
  removeMember(name: string): boolean;
  /** Adds another member in place of a removed one; true once {@link startMember} may start it. */
  addMember(name: string, isLearner: boolean): boolean;
  /** Promotes a learner, which must have caught up; true once the member has a vote. */
  promoteMember(name: string): boolean;
  /** Pauses the member's process, as under SIGSTOP: connections stay, nothing is answered, no timer runs. */
  pauseMember(name: string): void;
  /** Resumes the process, beginning with everything that arrived in the meantime. */
  resumeMember(name: string): void;
  /** True while the member has a process, even a paused one. */
  isRunning(name: string): boolean;
  /** Nothing passes between the two members, in either direction. Clients still reach both. */
  disconnectMembers(left: string, right: string): void;
  reconnectMembers(left: string, right: string): void;
  /** The member applies committed entries this many milliseconds later; 0 ends that. */
  slowMember(name: string, byMs: number): void;
  /** Leadership passes to the member without an outage; false if it cannot lead in the current state. */
  moveLeader(name: string): boolean;
  /**
   * The member raises an alarm for the whole cluster, as etcd does when its database is full or differs from
   * others. It holds until it is disarmed. Returns false and does nothing if the member does not run or there
   * is no leader.
   */
  raiseAlarm(name: string, alarm: AlarmName): boolean;
  /**
   * The databases fill up. For this long requests are accepted; then those that would make them grow are done
   * and refused, and the member raises NOSPACE. Returns false and does nothing if the member does not run or
   * there is no leader.
   */
  fillDatabase(name: string, letInMs: number): boolean;
  /** Disarms the member's alarm; false if there is no leader. Also ends {@link fillDatabase}. */
  lowerAlarm(name: string, alarm: AlarmName): boolean;
  /** Stops every timer; nothing happens in the cluster afterwards. */
  close(): void;
}

/**
 * The callback, tied to the call that is being served if the host supports that (see {@link EtcdHost.bind}).
 */
export function bound<A extends readonly unknown[], R>(
  host: EtcdHost,
  callback: (...given: A) => R,
  otherwise: R,
): (...given: A) => R {
  return host.bind?.(callback, otherwise) ?? callback;
}
