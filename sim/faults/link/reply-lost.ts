/** Replies lost after the request applied: the classic source of indefinite outcomes. */
import { DROP, PASS } from '../../network/rule.js';
import type { FaultKind } from '../fault.js';
import { LINK_AIMS } from '../aim.js';
import { addBlackHoles } from './toxics.js';
import { drawLinkFault } from '../draw-window.js';
import * as v from 'valibot';
import { meaning, type Read } from '../../input/schema.js';
import { linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('reply-lost', {
  once: v.exactOptional(meaning(v.literal(true, 'true'), 'Only the first reply is lost; absent means all')),
});
export type ReplyLostFault = Read<typeof schema>;

export const replyLost: FaultKind<ReplyLostFault> = {
  kind: 'reply-lost',
  schema,
  description:
    'The replies of a member to a node are lost after the requests applied; at the end the connection breaks, so the node cannot tell whether its write happened.',
  onReal: 'downstream is a black hole, then the connection is cut',
  aims: LINK_AIMS,
  arbitrary: (targets) =>
    drawLinkFault(targets, { minMs: 5, maxMs: 150 }).map((link) => ({ kind: 'reply-lost', ...link })),
  describe: ({ member, node, once = false }) =>
    `${once ? 'a reply' : 'replies'} of ${member} to ${node} lost`,
  simulate(fault, world) {
    let isLost = false;
    const removeRule = world.addRule(fault.node, fault.member, (message) => {
      if (message.direction !== 'reply' || (fault.once === true && isLost)) return PASS;
      isLost = true;
      world.hit();
      return DROP;
    });
    return {
      end() {
        removeRule();
        world.hit(world.resetConnection(fault.node, fault.member));
      },
      lift: removeRule,
    };
  },
  impose: (fault, world) => addBlackHoles(fault, world, ['downstream']),
};
