/** What the services need of the member they run in. Dies with the member's process. */
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

/** One member of the cluster as others know it. */
export interface MemberInfo {
  readonly name: string;
  readonly id: bigint;
  /** Where it says that clients reach it. */
  readonly clientUrls: readonly string[];
}

/** The leader, as far as leases are concerned. */
export interface Primary {
  readonly lessor: Lessor;
  readonly counts: Counts;
  /** True in the leader itself. */
  readonly isHere: boolean;
  /**
   * Where the leader's process stands still, so that a question to it waits: calls back once it goes on or ends;
   * returns how to give up.
   */
  readonly whenAnswering: ((action: () => void) => () => void) | undefined;
  /** Calls back once it has applied all that it knows to be committed; returns how to give up. */
  whenCaughtUp(action: () => void): () => void;
}

export interface MemberServer extends MemberInfo {
  readonly host: EtcdHost;
  /** False from the moment on at which its process ends. */
  readonly isRunning: boolean;
  /** It gets the log and has no vote, as far as it knows. */
  readonly isLearner: boolean;
  /** What the version of etcd that the member is decides. */
  readonly rules: VersionRules;
  /** All members, in the order of the cluster. */
  readonly members: readonly MemberInfo[];
  /** The replicated state. Reads must be at {@link revision}; changes go through {@link propose}. */
  readonly machine: StateMachine;
  readonly hub: WatchHub;
  /** The newest revision this member has applied. */
  readonly revision: number;
  readonly term: number;
  /** Of the newest committed entry that this member has heard of. */
  readonly committedIndex: number;
  /** Of the newest entry that this member has applied. */
  readonly appliedIndex: number;
  /** How it gives tokens and knows them. */
  readonly tokens: Tokens;
  /** Whom the member takes for the leader; undefined where it knows none. */
  readonly knownLeader: MemberInfo | undefined;
  /** Who minds the leases, where the member leads or can reach who does, or takes one for the leader that stands still. */
  readonly primary: Primary | undefined;
  /** The header of a response; without a revision, or with 0, it has the newest. */
  header(revision?: number): ResponseHeader;
  nextRequestId(): bigint;
  /** Calls back once the member has known no leader for three looks, one every election timeout; returns the end. */
  watchLeader(onNoLeader: () => void): () => void;
  /** Calls back once an entry that is not applied yet is; the returned function gives up. */
  whenApplied(index: number, action: () => void): () => void;
  /** Puts an entry into the log, which may be so large; the returned function gives up waiting for it. */
  propose<T>(entry: Entry<T>, done: (result: Result<T>) => void, bytes?: number): () => void;
  /** Hands leadership over, where the member leads and the other could; false where not. */
  moveLeader(target: bigint): boolean;
  /** How the member stands with the others. */
  readonly peerHealth: PeerHealth;
  /** Waits until the member may read what is committed; the returned function gives up. */
  linearizableRead(done: (result: Result<undefined>) => void): () => void;
}

/** A call that has arrived. */
export interface IncomingCall {
  readonly server: MemberServer;
  readonly metadata: CallMetadata;
  readonly sink: CallSink;
}

/** How a method is served: takes a call and returns the server's side of it. */
export type Method = (call: IncomingCall) => ServerCall;

/** The largest message that is read: the largest request and half a MiB of overhead. */
export const RECEIVED_BYTES_MAX = 2 * 1024 * 1024;

/** The largest entry of the log (etcd's `--max-request-bytes`). */
export const REQUEST_BYTES_MAX = 1.5 * 1024 * 1024;

/** Clients that set this in a call's metadata want an error rather than wait for a leader. */
export function requiresLeader(metadata: CallMetadata): boolean {
  return metadata.get('hasleader') === 'true';
}
