/** A node is paused, as during a long garbage collection or while its machine sleeps. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { NODE_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { aimedNode, faultFields } from '../fault-schema.js';

const schema = faultFields('node-pause', { node: aimedNode });
export type NodePauseFault = Read<typeof schema>;

export const nodePause: FaultKind<NodePauseFault> = {
  kind: 'node-pause',
  schema,
  description:
    'A node is paused, perhaps for longer than its leases live: its timers and incoming messages wait and are then handled in order.',
  onReal: 'not available: all nodes share one process',
  rarity: 3,
  aims: NODE_AIMS,
  isOutage: true,
  arbitrary: (targets) =>
    fc
      .tuple(
        fc.oneof(
          drawWindow(targets, { minMs: 20, maxMs: 500 }),
          drawWindow(targets, { minMs: 1000, maxMs: 20_000 }),
        ),
        fc.constantFrom(...targets.nodes),
      )
      .map(([window, node]) => ({ kind: 'node-pause', ...window, node })),
  describe: (fault) => `${fault.node} paused for ${fault.durationMs} ms`,
  simulate(fault, world) {
    world.pauseNode(fault.node, fault.durationMs, () => world.hit());
    return { end: () => undefined };
  },
};
