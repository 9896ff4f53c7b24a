/** What happened to nodes and leases, as data: crashes, starts, expired leases, and calls between nodes. */
import type { CallMoment, Doing } from './calls.js';

export type Incident =
  /** The setup is over, and the nodes start. */
  | { readonly kind: 'started'; readonly at: CallMoment }
  | { readonly kind: 'crashed' | 'restarted'; readonly at: CallMoment; readonly node: string }
  | NodeCall
  | OpenBreaker
  | LeaseEnd;

/** A node called a server in another node. */
export interface NodeCall extends Doing {
  readonly kind: 'node call';
  readonly at: CallMoment;
  readonly node: string;
  readonly to: string;
  /** Such as `Greeter.Hello`, or the name of an endpoint. */
  readonly method: string;
  /** When the caller heard the end, or gave the call up. */
  readonly returned?: CallMoment;
  /** Whether an answer arrived. */
  readonly answered: boolean;
  /** How it ended, where it did not end well. */
  readonly error?: string;
}

/** The circuit breaker of a node's client refused requests, one after the other, without sending any. */
export interface OpenBreaker {
  readonly kind: 'breaker open';
  /** The first refusal. */
  readonly at: CallMoment;
  readonly node: string;
  /** When it refused each of them. */
  readonly timesUs: readonly number[];
}

/** etcd deleted keys with an expired lease. */
export interface LeaseEnd {
  readonly kind: 'lease expired';
  readonly at: CallMoment;
  /** In decimal. */
  readonly lease: string;
  /** The nodes that put keys under it. */
  readonly node: string;
  readonly revision: number;
  readonly keys: readonly string[];
  /** When etcd last answered a renewal; undefined where that is not known. */
  readonly renewed?: CallMoment | 'never';
}
