/** A node learns late that its connection has ended; until then its messages are lost. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import { drawLinkFault } from '../draw-window.js';
import type { FaultKind } from '../fault.js';
import { addBothWays } from './toxics.js';
import { meaning, type Read } from '../../input/schema.js';
import { delayMs, linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('slow-close', {
  byMs: meaning(delayMs, 'How much later the node learns that a connection has ended'),
});
export type SlowCloseFault = Read<typeof schema>;

export const slowClose: FaultKind<SlowCloseFault> = {
  kind: 'slow-close',
  schema,
  description:
    'When a connection between a node and a member ends for another reason, the node learns it late, and everything it sends until then is lost.',
  onReal: 'slow_close toxics in both directions',
  rarity: 3,
  arbitrary: (targets) =>
    fc
      .tuple(drawLinkFault(targets, { minMs: 100, maxMs: 3000 }), fc.integer({ min: 20, max: 3000 }))
      .map(([link, byMs]) => ({ kind: 'slow-close', ...link, byMs })),
  describe: ({ node, member, byMs }) => `${node} learns ${byMs} ms late that ${member} has closed`,
  simulate({ node, member, byMs }, world) {
    const end = world.addRule(node, member, ({ direction }) => {
      if (direction !== 'close') return PASS;
      world.hit();
      return { kind: 'delay', byUs: byMs * 1000 };
    });
    return { end };
  },
  impose: (fault, world) =>
    addBothWays(fault, world, { type: 'slow_close', attributes: { delay: fault.byMs } }),
};
