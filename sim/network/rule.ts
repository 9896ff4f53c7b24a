/**
 * What a fault does to a message. A rule sees each message of a link and returns a verdict; of several rules the
 * first whose verdict is not `pass` decides.
 */

/**
 * A message on a link, as a rule sees it. `connect` is a node's attempt to open the connection, `close` the news for
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
  /** The same for a request, which then arrives even if its sender has given it up or its connection is gone. */
  | { readonly kind: 'late'; readonly byUs: number }
  /** Swallow it: the sender learns nothing. */
  | { readonly kind: 'drop' }
  /** Swallow it and break the connection when it would have arrived. */
  | { readonly kind: 'cut' };

export type LinkRule = (message: LinkMessage) => LinkVerdict;

export const PASS: LinkVerdict = { kind: 'pass' };
export const DROP: LinkVerdict = { kind: 'drop' };
