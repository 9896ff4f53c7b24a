/** The common part of all ways to hold a lease. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** How long a lease lives without renewal, in seconds: etcd grants no less than two. */
export const TTL_SECONDS = 2;

/** A lease that is kept alive until it is closed, released or lost. */
export interface HeldLease {
  /** In decimal. */
  readonly id: string;
  /** Aborted when its holder learns that it is lost. */
  readonly lost: AbortSignal;
  /** How often its holder was notified. */
  readonly tellings: number;
  /** Writes a key attached to the lease; `deadline` is a time of the node's wall clock in milliseconds. */
  put(key: string, value: string, deadline: number): Promise<{ readonly revision: number }>;
  /** Revokes it. */
  close(): Promise<void>;
  /** Lets it expire; undefined if that is impossible. */
  release?(): void;
}

/** One node's way of holding leases. */
export interface Leases {
  /** Grants one and keeps it alive. */
  grant(): Promise<HeldLease>;
  /** Frees the node's resources other than its leases. */
  end(): void;
}

export type OpenLeases = (context: NodeContext) => Leases;
