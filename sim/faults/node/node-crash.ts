/** A node's process dies and restarts: its memory is lost, its data in etcd stays. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { NODE_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { aimedNode, faultFields } from '../fault-schema.js';

const schema = faultFields('node-crash', { node: aimedNode });
export type NodeCrashFault = Read<typeof schema>;

export const nodeCrash: FaultKind<NodeCrashFault> = {
  kind: 'node-crash',
  schema,
  description:
    "A node's process dies and restarts later, perhaps after its leases have expired: its memory is lost, its connections break, its leases keep ticking, and messages it had sent may still arrive.",
  onReal: 'not available: all nodes share one process',
  crashes: true,
  rarity: 2,
  aims: NODE_AIMS,
  isOutage: true,
  arbitrary: (targets) =>
    fc
      .tuple(
        fc.oneof(
          drawWindow(targets, { minMs: 10, maxMs: 500 }),
          drawWindow(targets, { minMs: 1000, maxMs: 20_000 }),
        ),
        fc.constantFrom(...targets.nodes),
      )
      .map(([window, node]) => ({ kind: 'node-crash', ...window, node })),
  describe: (fault) => `${fault.node} crashes, restarts after ${fault.durationMs} ms`,
  simulate(fault, world) {
    if (!world.crashNode(fault.node)) return { end: () => undefined };
    world.hit();
    return { end: () => world.restartNode(fault.node) };
  },
};
