/**
 * Watches the messages on the simulated network, for recording. Invariant: an observer changes nothing in a run,
 * its trace included; without one, nothing is done for it.
 */

/** A message that leaves. */
export interface DepartingMessage {
  readonly node: string;
  /** The other end of the link: a member, or another node. */
  readonly member: string;
  readonly direction: 'request' | 'reply';
  /** The number of its call among the run's calls. */
  readonly call: number;
  readonly bytes: number;
}

/** What the receiver does with a message. */
export type Reception = 'taken' | 'ignored' | 'lost';

/** Hears what becomes of one message. */
export interface MessageObserver {
  /** A fault took it when it left, or its connection had broken when it should have arrived. */
  lost(): void;
  /** It arrives, or should; what it causes follows. */
  arrived(): void;
  /** The receiver did not take it: its caller had given the call up. */
  ignored(): void;
}

/** Called for every message of a call when it leaves. */
export type ObserveMessage = (message: DepartingMessage) => MessageObserver;
