/** One of the two etcds that are compared, as the comparison reaches it: bytes in, bytes and statuses out. */
import type { CallMetadata } from './credentials.js';
import type { CallStatus } from '../etcd/call-status.js';

/** What a unary call came to. */
export interface Outcome {
  /** Every message that came; a unary call that succeeds has one. */
  readonly messages: readonly Uint8Array[];
  readonly status: CallStatus;
}

/** An open stream. */
export interface SideStream {
  /** What has come so far; grows. */
  readonly received: readonly Uint8Array[];
  /** The end, once it is known. */
  readonly status: CallStatus | undefined;
  send(message: Uint8Array): void;
  /** The client goes; nothing comes any more. */
  cancel(): void;
  /**
   * Waits until `enough` says so of what has been received; false if it does not within the side's patience.
   * Looks again whenever something comes.
   */
  until(enough: () => boolean): Promise<boolean>;
}

export interface Side {
  /** Such as `in-memory` or `etcd 3.6.14`. */
  readonly name: string;
  /** @param client which of the clients calls, counted from 0 */
  call(client: number, path: string, message: Uint8Array, metadata?: CallMetadata): Promise<Outcome>;
  open(client: number, path: string, metadata?: CallMetadata): SideStream;
  /** Lets the side's time pass, where it does not pass by itself. */
  elapse(milliseconds: number): void;
  /** Milliseconds on a clock that has nothing to do with the other side's. */
  nowMs(): number;
  /** Waits, on the side's own clock. */
  pass(milliseconds: number): Promise<void>;
  /** From now on is less patient, where it matters little that a slow answer is taken for none. */
  hurry(): void;
  close(): void;
}

/** What each client sends with its calls: those with odd numbers ask not to be left without a leader. */
export function metadataOfClient(client: number): CallMetadata {
  return client % 2 === 0 ? {} : { hasleader: 'true' };
}
