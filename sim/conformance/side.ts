/** One of the two compared etcds, as the comparison reaches it: bytes in, bytes and statuses out. */
import type { CallMetadata } from './credentials.js';
import type { CallStatus } from '../etcd/call-status.js';

/** The result of a unary call. */
export interface Outcome {
  /** Every message received; a successful unary call has one. */
  readonly messages: readonly Uint8Array[];
  readonly status: CallStatus;
}

/** An open stream. */
export interface SideStream {
  /** The messages so far; grows. */
  readonly received: readonly Uint8Array[];
  /** The end, once it is known. */
  readonly status: CallStatus | undefined;
  send(message: Uint8Array): void;
  /** The client leaves; no more messages arrive. */
  cancel(): void;
  /**
   * Waits until `enough` accepts the received messages; false if it does not within the side's patience.
   * Checks again whenever something arrives.
   */
  until(enough: () => boolean): Promise<boolean>;
}

export interface Side {
  /** Such as `in-memory` or `etcd 3.6.14`. */
  readonly name: string;
  /** @param client the number of the calling client, counted from 0 */
  call(client: number, path: string, message: Uint8Array, metadata?: CallMetadata): Promise<Outcome>;
  open(client: number, path: string, metadata?: CallMetadata): SideStream;
  /** Lets the side's time pass, if it does not pass by itself. */
  elapse(milliseconds: number): void;
  /** Milliseconds on a clock that is independent of the other side's. */
  nowMs(): number;
  /** Waits, on the side's own clock. */
  pass(milliseconds: number): Promise<void>;
  /** Becomes less patient, for calls in which a slow answer may count as none. */
  hurry(): void;
  close(): void;
}

/** The metadata of each client's calls: clients with odd numbers require a leader. */
export function metadataOfClient(client: number): CallMetadata {
  return client % 2 === 0 ? {} : { hasleader: 'true' };
}
