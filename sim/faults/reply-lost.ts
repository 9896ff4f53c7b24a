/** Replies lost after the request applied: the classic source of indefinite outcomes. */
import { DROP, PASS } from '../network/rule.js';
import type { FaultKind } from './fault.js';
import { drawLinkFault, type LinkFault } from './link.js';

export interface ReplyLostFault extends LinkFault {
  readonly kind: 'reply-lost';
}

export const replyLost: FaultKind<ReplyLostFault> = {
  kind: 'reply-lost',
  description:
    'What a member answers to a node is lost after the request applied; at the end the connection breaks, so the node cannot tell whether its write happened.',
  onReal: 'downstream is a black hole, then the connection is cut',
  arbitrary: (targets) =>
    drawLinkFault(targets, { minMs: 5, maxMs: 150 }).map((link) => ({ kind: 'reply-lost', ...link })),
  describe: (fault) => `replies of ${fault.member} to ${fault.node} lost`,
  simulate(fault, world) {
    const removeRule = world.addRule(fault.node, fault.member, (message) => {
      if (message.direction !== 'reply') return PASS;
      world.hit();
      return DROP;
    });
    return {
      end() {
        removeRule();
        world.hit(world.resetConnection(fault.node, fault.member));
      },
    };
  },
  async impose(fault, world) {
    const remove = await world.addToxic(fault.node, fault.member, {
      type: 'timeout',
      stream: 'downstream',
      attributes: { timeout: 0 },
    });
    return {
      async end() {
        await remove();
        await world.resetConnections(fault.node, fault.member);
      },
    };
  },
};
