/** Operations of one queue, each with its moments. */
import type { QueueOperation } from '../../../sim/check/queue/items.js';

/** Its id is `e` and its value. */
export function enqueue(value: string, invoke: number, returned?: number, priority?: number): QueueOperation {
  return { id: `e${value}`, kind: 'enqueue', value, priority, invoke, return: returned };
}

/** Its id is `d` and its value. */
export function dequeue(value: string, invoke: number, returned: number): QueueOperation {
  return { id: `d${value}`, kind: 'dequeue', value, invoke, return: returned };
}

/** A dequeue that may have taken anything. */
export function unresolved(id: string, invoke: number): QueueOperation {
  return { id, kind: 'dequeue', invoke };
}
