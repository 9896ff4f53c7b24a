/** Members end watch streams: with an error, or as if they were complete. */
import fc from 'fast-check';
import type { FaultKind, WatchEnd } from '../fault.js';
import { NODE_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import { choice, meaning, type Read } from '../../input/schema.js';
import { aimedNode, faultFields } from '../fault-schema.js';

const schema = faultFields('watch-cancelled', {
  node: aimedNode,
  how: meaning(choice(['no-leader', 'clean']), 'How a member ends the streams'),
});
export type WatchCancelledFault = Read<typeof schema>;

export const watchCancelled: FaultKind<WatchCancelledFault> = {
  kind: 'watch-cancelled',
  schema,
  description:
    'The members end every watch stream of a node while its connections stay: with the no-leader error, or cleanly, without any error.',
  onReal: 'not available: no client can make an etcd end the streams of another',
  rarity: 3,
  aims: NODE_AIMS,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawWindow(targets, { minMs: 0, maxMs: 0 }),
        fc.constantFrom(...targets.nodes),
        fc.constantFrom<WatchEnd>('no-leader', 'clean'),
      )
      .map(([window, node, how]) => ({ kind: 'watch-cancelled', ...window, node, how })),
  describe: ({ node, how }) =>
    how === 'clean'
      ? `watch streams of ${node} end cleanly`
      : `watch streams of ${node} end with the no-leader error`,
  simulate(fault, world) {
    world.hit(world.endWatches(fault.node, fault.how));
    return { end: () => undefined };
  },
};
