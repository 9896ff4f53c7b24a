/** What every way of holding a lease shares. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** How long a lease lives that is not renewed, in seconds: etcd grants no less than two. */
export const TTL_SECONDS = 2;

/** A lease that is kept alive until it is closed, released or lost. */
export interface HeldLease {
  /** In decimal. */
  readonly id: string;
  /** Aborted when its holder is told that it is lost. */
  readonly lost: AbortSignal;
  /** How often its holder was told so. */
  readonly tellings: number;
  /** Writes a key that goes with the lease; `deadline` is a time of the node's wall clock in milliseconds. */
  put(key: string, value: string, deadline: number): Promise<{ readonly revision: number }>;
  /** Revokes it. */
  close(): Promise<void>;
  /** Lets it expire; undefined where there is no way to. */
  release?(): void;
}

/** One node's way of holding leases. */
export interface Leases {
  /** Grants one and keeps it alive. */
  grant(): Promise<HeldLease>;
  /** Frees what the node has beside its leases. */
  end(): void;
}

export type OpenLeases = (context: NodeContext) => Leases;
