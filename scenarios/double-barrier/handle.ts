/** What every way of using a double barrier shares. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

/** How long a session lives that is not heard of, in seconds: etcd grants no less than two. */
export const SESSION_TTL_SECONDS = 2;

export interface DoubleBarrierHandle {
  /** @param isOver whether the signal says that all is done, rather than that the caller gives up */
  enter(signal: AbortSignal, isOver: boolean): Promise<void>;
  leave(): Promise<void>;
}

export interface DoubleBarrierSession {
  /** Whether it is of use: neither closed nor known to be lost. */
  readonly alive: boolean;
  open(name: string, count: number): DoubleBarrierHandle;
  close(): Promise<void>;
}

/** One node's way of opening sessions. */
export interface DoubleBarrierMaker {
  openSession(): Promise<DoubleBarrierSession>;
  /** Frees what the node has beside its sessions. */
  end(): void;
}

export type OpenDoubleBarriers = (context: NodeContext) => DoubleBarrierMaker;
