/**
 * Watches the calls on the simulated network, for recording. Invariant: an observer changes nothing in a run,
 * its trace included; without one, nothing is done for it.
 */
import type { CallStatus } from '../etcd/call-status.js';

/** Watches one call. */
export interface CallObserver {
  /** The node sends a message. */
  sent(bytes: Uint8Array): void;
  /** The member answers with a message, which may be lost on its way. */
  answered(bytes: Uint8Array): void;
  /** A message of the member arrives at the node. */
  received(bytes: Uint8Array): void;
  /** The member forgets the call: it has ended it, or the call was cancelled, or its connection has ended; maybe twice. */
  forgotten(): void;
  /** The node learns the end: the member sent a status, or the node gave the call up or died. */
  ended(how: 'told' | 'given up', status?: CallStatus): void;
}

/**
 * Called at the beginning of every call, while the code that makes it runs. Returns undefined for a call that
 * need not be watched.
 */
export type ObserveCall = (call: {
  readonly node: string;
  readonly member: string;
  readonly method: string;
  /** Its number among the run's calls. */
  readonly number: number;
  /** True if the call goes to a server in another node, not to a member. */
  readonly isNode: boolean;
}) => CallObserver | undefined;
