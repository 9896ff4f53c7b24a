/** The services' view of their member. It ends with the member's process. */
import type { Tokens } from '../auth/tokens.js';
import type { Lessor } from '../lease/lessor.js';
import type { PeerHealth } from '../membership/reconfiguration.js';
import type { Counts } from '../metrics/counts.js';
import type { Result } from '../result.js';
import type { CallMetadata, CallSink, EtcdHost, ServerCall } from '../service.js';
import type { Entry, StateMachine } from '../state-machine.js';
import type { VersionRules } from '../version.js';
import type { WatchHub } from '../watch/watch-hub.js';
import type { ResponseHeader } from '../wire/header.js';

/** One member of the cluster as the others see it. */
export interface MemberInfo {
  readonly name: string;
  readonly id: bigint;
  /** The client URLs that it advertises. */
  readonly clientUrls: readonly string[];
}

/** The leader in its role for leases. */
export interface Primary {
  readonly lessor: Lessor;
  readonly counts: Counts;
  /** True in the leader itself. */
  readonly isHere: boolean;
  /**
   * Set if the leader's process is paused, so that a question to it waits. It calls back once the process
   * resumes or ends; returns how to give up.
   */
  readonly whenAnswering: ((action: () => void) => () => void) | undefined;
  /** Calls back once it has applied all entries that it knows to be committed; returns how to give up. */
  whenCaughtUp(action: () => void): () => void;
}

export interface MemberServer extends MemberInfo {
  readonly host: EtcdHost;
  /** False as soon as its process ends. */
  readonly isRunning: boolean;
  /** It gets the log and has no vote, as far as it knows. */
  readonly isLearner: boolean;
  /** The rules of the member's version of etcd. */
  readonly rules: VersionRules;
  /** All members, in the order of the cluster. */
  readonly members: readonly MemberInfo[];
  /** The replicated state. Reads must be at {@link revision}; changes go through {@link propose}. */
  readonly machine: StateMachine;
  readonly hub: WatchHub;
  /** The newest revision this member has applied. */
  readonly revision: number;
  readonly term: number;
  /** The index of the newest committed entry that this member has received. */
  readonly committedIndex: number;
  /** The index of the newest entry that this member has applied. */
  readonly appliedIndex: number;
  /** How it issues tokens and recognises them. */
  readonly tokens: Tokens;
  /** The leader that the member believes in; undefined if it knows none. */
  readonly knownLeader: MemberInfo | undefined;
  /**
   * The leader in its role for leases: the member itself, one that it reaches, or one that it believes in and
   * that is paused.
   */
  readonly primary: Primary | undefined;
  /** The header of a response; without a revision, or with 0, it has the newest. */
  header(revision?: number): ResponseHeader;
  nextRequestId(): bigint;
  /**
   * Calls back once the member has known no leader for three looks, one every election timeout; returns how
   * to stop that.
   */
  watchLeader(onNoLeader: () => void): () => void;
  /** Calls back once the entry is applied; the returned function gives up. */
  whenApplied(index: number, action: () => void): () => void;
  /** Adds an entry of the given size to the log; the returned function gives up waiting for it. */
  propose<T>(entry: Entry<T>, done: (result: Result<T>) => void, bytes?: number): () => void;
  /** Hands leadership over, if the member leads and the other could; otherwise false. */
  moveLeader(target: bigint): boolean;
  /** The member's connections to the others. */
  readonly peerHealth: PeerHealth;
  /** Waits until the member may read the committed state; the returned function gives up. */
  linearizableRead(done: (result: Result<undefined>) => void): () => void;
}

/** A call that has arrived. */
export interface IncomingCall {
  readonly server: MemberServer;
  readonly metadata: CallMetadata;
  readonly sink: CallSink;
}

/** How a method is served: accepts a call and returns the server's side of it. */
export type Method = (call: IncomingCall) => ServerCall;

/** The largest message that is read: the largest request and half a MiB of overhead. */
export const RECEIVED_BYTES_MAX = 2 * 1024 * 1024;

/** The largest entry of the log (etcd's `--max-request-bytes`). */
export const REQUEST_BYTES_MAX = 1.5 * 1024 * 1024;

/** Clients that set this in a call's metadata prefer an error to waiting for a leader. */
export function requiresLeader(metadata: CallMetadata): boolean {
  return metadata.get('hasleader') === 'true';
}
