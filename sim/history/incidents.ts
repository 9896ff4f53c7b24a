/** What happened to nodes and to leases besides calls, as data: processes that died or started, leases that ran out. */
import type { CallMoment, Doing } from './calls.js';

export type Incident =
  /** The setup is over, and the nodes start. */
  | { readonly kind: 'started'; readonly at: CallMoment }
  | { readonly kind: 'crashed' | 'restarted'; readonly at: CallMoment; readonly node: string }
  | NodeCall
  | LeaseEnd;

/** A node called a server in another node. */
export interface NodeCall extends Doing {
  readonly kind: 'node call';
  readonly at: CallMoment;
  readonly node: string;
  readonly to: string;
  /** Such as `Greeter.Hello`, or the name of an endpoint. */
  readonly method: string;
  /** When the caller was told the end, or gave the call up. */
  readonly returned?: CallMoment;
  /** Whether an answer arrived. */
  readonly answered: boolean;
  /** How it ended, where it did not end well. */
  readonly error?: string;
}

/** etcd deleted keys with a lease that ran out. */
export interface LeaseEnd {
  readonly kind: 'lease expired';
  readonly at: CallMoment;
  /** In decimal. */
  readonly lease: string;
  /** Which put keys under it. */
  readonly node: string;
  readonly revision: number;
  readonly keys: readonly string[];
}
