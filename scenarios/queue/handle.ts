/** What every way of queueing shares: handles of named queues, with or without priorities. */
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
  /** Frees what the node has beside its handles. */
  end(): void;
}

export type OpenQueues = (context: NodeContext) => QueueMaker;

/**
 * What a recipe in Go would do by ending its process: it dereferences nil. Whoever calls it must not go on.
 */
export class PanicError extends Error {
  override readonly name = 'PanicError';
}
