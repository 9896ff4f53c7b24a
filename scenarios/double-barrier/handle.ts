/** The common part of all ways to use a double barrier. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** How long a session lives without renewal, in seconds: etcd grants no less than two. */
export const SESSION_TTL_SECONDS = 2;

export interface DoubleBarrierHandle {
  /** @param isOver whether the signal means that all is done, rather than that the caller gives up */
  enter(signal: AbortSignal, isOver: boolean): Promise<void>;
  leave(): Promise<void>;
}

export interface DoubleBarrierSession {
  /** Whether it is usable: neither closed nor known to be lost. */
  readonly alive: boolean;
  open(name: string, count: number): DoubleBarrierHandle;
  close(): Promise<void>;
}

/** One node's way of opening sessions. */
export interface DoubleBarrierMaker {
  openSession(): Promise<DoubleBarrierSession>;
  /** Frees the node's resources other than its sessions. */
  end(): void;
}

export type OpenDoubleBarriers = (context: NodeContext) => DoubleBarrierMaker;
