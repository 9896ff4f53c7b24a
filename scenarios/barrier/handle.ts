/** The common part of all ways to use a barrier. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

export interface BarrierHandle {
  hold(): Promise<{ readonly revision?: number }>;
  /** `released` is false if it was not held, undefined if the recipe does not report it. */
  release(): Promise<{ readonly released?: boolean; readonly revision?: number }>;
  wait(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** One node's way of opening barriers. */
export interface BarrierMaker {
  open(name: string): BarrierHandle;
  /** Frees the node's other resources. */
  end(): void;
}

export type OpenBarriers = (context: NodeContext) => BarrierMaker;
