/** The common part of all ways to use queues: handles of named queues, with or without priorities. */
import type { NodeContext } from '../../sim/scenario/scenario.js';

export interface QueueHandle {
  enqueue(value: string, priority: number, signal: AbortSignal): Promise<{ readonly revision?: number }>;
  dequeue(signal: AbortSignal): Promise<{
    readonly value: string;
    readonly priority?: number;
    readonly revision?: number;
  }>;
  close(): Promise<void>;
}

/** One node's way of opening queues. */
export interface QueueMaker {
  open(name: string): QueueHandle;
  /** Frees the node's resources other than its handles. */
  end(): void;
}

export type OpenQueues = (context: NodeContext) => QueueMaker;

/** A Go recipe would end its process here, because it dereferences nil. Its caller must not continue. */
export class PanicError extends Error {
  override readonly name = 'PanicError';
}
