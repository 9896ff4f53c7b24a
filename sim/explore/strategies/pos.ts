/**
 * Partial-order sampling, after Yuan, Yang and Gu, "Partial Order Aware Concurrency Sampling" (2018): every
 * event has a priority of its own, and the highest is next. The events that raced with it then draw new
 * priorities. Invariant: priorities are drawn in the order of the candidates.
 */
import type { QueuedEvent } from '../../engine/event-queue.js';
import type { RandomStream } from '../../engine/random.js';
import type { Strategy } from '../../engine/strategy.js';
import type { PosSpec } from '../../plan/strategy-spec.js';

export function createPos({ windowUs }: PosSpec, random: RandomStream): Strategy {
  const priorities = new WeakMap<QueuedEvent, number>();
  return {
    windowUs,
    pick(candidates) {
      let best = 0;
      let highest = -1;
      for (const [place, event] of candidates.entries()) {
        const priority = priorities.get(event) ?? random.uint32();
        priorities.set(event, priority);
        if (priority <= highest) continue;
        highest = priority;
        best = place;
      }
      const next = candidates[best];
      for (const event of candidates) {
        if (next !== undefined && event !== next && races(event, next)) priorities.delete(event);
      }
      return best;
    },
  };
}

/**
 * Whether two events race: they happen at the same node, or both in etcd. For others the order changes
 * nothing.
 */
export function races(one: QueuedEvent, other: QueuedEvent): boolean {
  return one.node === other.node;
}
