/** Which events race: those that happen at the same node, or both in etcd. The order of others changes nothing. */
import type { QueuedEvent } from '../../engine/event-queue.js';

export function races(one: QueuedEvent, other: QueuedEvent): boolean {
  return one.node === other.node;
}
