/** Requests lost before the server: what a node sends to a member vanishes, then the connection breaks. */
import { DROP, PASS } from '../../network/rule.js';
import type { FaultKind } from '../fault.js';
import { LINK_AIMS } from '../aim.js';
import { addBlackHoles } from './toxics.js';
import { drawLinkFault } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('request-lost', {});
export type RequestLostFault = Read<typeof schema>;

export const requestLost: FaultKind<RequestLostFault> = {
  kind: 'request-lost',
  schema,
  description:
    'The requests of a node are lost before the member sees them; at the end the connection breaks, so nothing is applied and the node learns only that the connection is gone.',
  onReal: 'upstream is a black hole, then the connection is cut',
  aims: LINK_AIMS,
  arbitrary: (targets) =>
    drawLinkFault(targets, { minMs: 5, maxMs: 150 }).map((link) => ({ kind: 'request-lost', ...link })),
  describe: (fault) => `requests of ${fault.node} to ${fault.member} lost`,
  simulate(fault, world) {
    const removeRule = world.addRule(fault.node, fault.member, (message) => {
      if (message.direction === 'reply') return PASS;
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
  impose: (fault, world) => addBlackHoles(fault, world, ['upstream']),
};
