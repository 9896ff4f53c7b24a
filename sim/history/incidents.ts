/** What happened to nodes and to leases besides calls, as data: processes that died or started, leases that ran out. */
import type { CallMoment } from './calls.js';

export type Incident =
  /** The setup is over, and the nodes start. */
  | { readonly kind: 'started'; readonly at: CallMoment }
  | { readonly kind: 'crashed' | 'restarted'; readonly at: CallMoment; readonly node: string }
  | LeaseEnd;

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
