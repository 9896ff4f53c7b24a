/**
 * Sees the calls on the simulated network without a part in them, for recording. Invariant: an observer changes nothing
 * of a run, its trace included; where there is none, nothing is done for it.
 */
import type { CallStatus } from '../etcd/call-status.js';

/** Sees one call. */
export interface CallObserver {
  /** The node hands over a message. */
  sent(bytes: Uint8Array): void;
  /** The member answers with a message, which may be lost on its way. */
  answered(bytes: Uint8Array): void;
  /** A message of the member arrives at the node. */
  received(bytes: Uint8Array): void;
  /** The node was told the end, by the member with a status; or it gave the call up, or died. */
  ended(how: 'told' | 'given up', status?: CallStatus): void;
}

/** Told of every call when it begins, while the code that makes it runs; undefined where it does not matter. */
export type ObserveCall = (call: {
  readonly node: string;
  readonly member: string;
  readonly method: string;
  /** What is called is a server in another node, and no member. */
  readonly isNode: boolean;
}) => CallObserver | undefined;
