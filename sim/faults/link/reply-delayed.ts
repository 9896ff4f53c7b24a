/** Replies arrive late, perhaps after the deadline of their calls. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import type { FaultKind } from '../fault.js';
import { LINK_AIMS } from '../aim.js';
import { drawLinkFault } from '../draw-window.js';
import { meaning, type Read } from '../../input/schema.js';
import { delayMs, linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('reply-delayed', {
  byMs: meaning(delayMs, 'How much later each reply in the window arrives'),
});
export type ReplyDelayedFault = Read<typeof schema>;

export const replyDelayed: FaultKind<ReplyDelayedFault> = {
  kind: 'reply-delayed',
  schema,
  description:
    'The replies of a member to a node are delayed for a short time, perhaps beyond the deadline, and then delivered if the call is still waiting.',
  onReal: 'a latency toxic downstream; delayed replies are delivered when the fault ends',
  rarity: 3,
  aims: LINK_AIMS,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawLinkFault(targets, { minMs: 5, maxMs: 150 }),
        fc.oneof(fc.integer({ min: 50, max: 2000 }), fc.integer({ min: 4000, max: 8000 })),
      )
      .map(([link, byMs]) => ({ kind: 'reply-delayed', ...link, byMs })),
  describe: (fault) => `replies of ${fault.member} to ${fault.node} ${fault.byMs} ms late`,
  simulate(fault, world) {
    const end = world.addRule(fault.node, fault.member, (message) => {
      if (message.direction !== 'reply') return PASS;
      world.hit();
      return { kind: 'delay', byUs: fault.byMs * 1000 };
    });
    return { end };
  },
  async impose(fault, world) {
    const attributes = { latency: fault.byMs, jitter: 0 };
    const toxic = { type: 'latency', stream: 'downstream', attributes } as const;
    return { end: await world.addToxic(fault.node, fault.member, toxic) };
  },
};
