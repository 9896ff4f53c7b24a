/** A link as its traffic uses it: connections, calls and waits between two attempts. */
import type { Reception } from './message-observer.js';
import type { LinkMessage } from './rule.js';

export interface Carrier {
  /** The name of the member at its other end. */
  readonly member: string;
  /** Where the member listens, such as `m1:2379`. */
  readonly address: string;
  readonly nowUs: number;
  /** Whether frames sent at the same moment travel as separate messages. */
  readonly isSeparated: boolean;
  /** How much later the node hears that its connection has ended, or undefined if it never does. */
  closeDelayUs(): number | undefined;
  /** Drawn from the link's own stream, both ends included. */
  randomInteger(min: number, max: number): number;
  /** Makes something happen as code of the node, without crossing the network; returns how to cancel it. */
  toNode(delayUs: number, label: string, action: () => void): () => void;
  /** As {@link toNode}, for an action that no code waits for. */
  toNodeInBackground(delayUs: number, label: string, action: () => void): () => void;
  /** Schedules an action at the member; returns how to cancel it. */
  toMember(delayUs: number, label: string, action: () => void): () => void;
  /**
   * Tries to reach the member's port. One of the two callbacks is called when the answer is back; neither is
   * if it is lost.
   */
  connect(established: () => void, refused: () => void): void;
  /**
   * Sends one message; returns when it arrives, or undefined if it never will.
   *
   * @param call the number of its call among the run's calls
   * @param arrive hears whether the message arrives even if its call or connection has ended
   */
  send(
    message: LinkMessage & { readonly direction: 'request' | 'reply' },
    call: number,
    label: string,
    earliestUs: number,
    arrive: (isLate: boolean) => Reception,
  ): number | undefined;
  /** Folds the bytes of a delivered message into the run's trace. */
  traceBytes(bytes: Uint8Array): void;
}
