/** A link, as what travels on it sees it: connections, calls and waits between two attempts. */
import type { LinkMessage } from './rule.js';

export interface Carrier {
  /** The name of the member at its other end. */
  readonly member: string;
  /** Where the member listens, such as `m1:2379`. */
  readonly address: string;
  readonly nowUs: number;
  /** Whether what is sent at the same moment travels as messages of its own. */
  readonly isSeparated: boolean;
  /** How much later the node hears that its connection has ended, or undefined where it does not. */
  closeDelayUs(): number | undefined;
  /** Drawn from the link's own stream, both ends included. */
  randomInteger(min: number, max: number): number;
  /** Makes something happen as code of the node, without crossing the network; returns how to cancel it. */
  toNode(delayUs: number, label: string, action: () => void): () => void;
  /** As {@link toNode}, for what nobody waits for. */
  toNodeInBackground(delayUs: number, label: string, action: () => void): () => void;
  /** Makes something happen at the member; returns how to cancel it. */
  toMember(delayUs: number, label: string, action: () => void): () => void;
  /** Tries to reach the member's port; one of the two is called when the answer is back, or neither is. */
  connect(established: () => void, refused: () => void): void;
  /** Sends one message; returns when it arrives, or undefined when it never will. */
  send(
    message: LinkMessage,
    label: string,
    earliestUs: number,
    arrive: (isLate: boolean) => void,
  ): number | undefined;
  /** Folds the bytes of a delivered message into the run's trace. */
  traceBytes(bytes: Uint8Array): void;
}
