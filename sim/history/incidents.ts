/** What happened to nodes and leases apart from calls, as data: crashes, starts, expired leases. */
import type { CallMoment } from './calls.js';

export type Incident =
  /** The setup is over, and the nodes start. */
  | { readonly kind: 'started'; readonly at: CallMoment }
  | { readonly kind: 'crashed' | 'restarted'; readonly at: CallMoment; readonly node: string }
  | LeaseEnd;

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
}
