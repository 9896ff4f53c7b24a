/**
 * What a fault does to a message. A rule sees each message of a link and returns a verdict; the first verdict
 * other than `pass` decides.
 */

/**
 * A message on a link, as a rule sees it. `connect` is a node's attempt to open the connection; `close` tells
 * the node that it has ended.
 */
export interface LinkMessage {
  readonly direction: 'connect' | 'close' | 'request' | 'reply';
  /** The full gRPC method; empty for `connect` and `close`. */
  readonly method: string;
  readonly bytes: number;
}

export type LinkVerdict =
  | { readonly kind: 'pass' }
  /** Deliver it this much later than the calm network would. */
  | { readonly kind: 'delay'; readonly byUs: number }
  /**
   * The same for a request, which then arrives even if its sender has given it up or its connection has
   * ended.
   */
  | { readonly kind: 'late'; readonly byUs: number }
  /** Swallow it: the sender learns nothing of that. */
  | { readonly kind: 'drop' }
  /** Swallow it and break the connection at the moment it would have arrived. */
  | { readonly kind: 'cut' };

export type LinkRule = (message: LinkMessage) => LinkVerdict;

export const PASS: LinkVerdict = { kind: 'pass' };
export const DROP: LinkVerdict = { kind: 'drop' };
