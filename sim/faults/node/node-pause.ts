/** A node that stands still, as in a long collection of garbage or while its machine sleeps. */
import fc from 'fast-check';
import type { FaultKind, FaultWindow } from '../fault.js';
import { drawWindow } from '../draw.js';

export interface NodePauseFault extends FaultWindow {
  readonly kind: 'node-pause';
  readonly node: string;
}

export const nodePause: FaultKind<NodePauseFault> = {
  kind: 'node-pause',
  description:
    'A node does nothing for a while, perhaps for longer than its leases live: its timers and what comes to it wait, and then come in order.',
  onReal: 'not there: all nodes share one process, which would stand still as a whole',
  rarity: 3,
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
  describe: (fault) => `${fault.node} stands still for ${fault.durationMs} ms`,
  simulate(fault, world) {
    world.pauseNode(fault.node, fault.durationMs, () => world.hit());
    return { end: () => undefined };
  },
};
