/** What every way of using a barrier shares. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

export interface BarrierHandle {
  hold(): Promise<{ readonly revision?: number }>;
  /** `released` is false where nobody held it, undefined where the recipe does not tell. */
  release(): Promise<{ readonly released?: boolean; readonly revision?: number }>;
  wait(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** One node's way of opening barriers. */
export interface BarrierMaker {
  open(name: string): BarrierHandle;
  /** Frees what the node has beside its handles. */
  end(): void;
}

export type OpenBarriers = (context: NodeContext) => BarrierMaker;
