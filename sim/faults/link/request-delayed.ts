/** Requests that come late, also after their sender has given them up or sent them again: the late copy. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import type { FaultKind } from '../fault.js';
import { drawLinkFault } from '../draw-window.js';
import { meaning, type Read } from '../../input/schema.js';
import { delayMs, linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('request-delayed', {
  byMs: meaning(delayMs, 'How much later each request of the window comes'),
});
export type RequestDelayedFault = Read<typeof schema>;

export const requestDelayed: FaultKind<RequestDelayedFault> = {
  kind: 'request-delayed',
  schema,
  description:
    'What a node sends to a member in a short while is held in the network while its connection breaks; it arrives and applies all the same, long after the node has given it up or sent it again.',
  onReal:
    'a latency toxic upstream; what it holds is delivered when the fault ends, on the connection it was sent on',
  rarity: 3,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawLinkFault(targets, { minMs: 5, maxMs: 150 }),
        fc.oneof(fc.integer({ min: 50, max: 2000 }), fc.integer({ min: 4000, max: 12_000 })),
      )
      .map(([link, byMs]) => ({ kind: 'request-delayed', ...link, byMs })),
  describe: (fault) => `requests of ${fault.node} to ${fault.member} ${fault.byMs} ms late`,
  simulate(fault, world) {
    const removeRule = world.addRule(fault.node, fault.member, (message) => {
      if (message.direction !== 'request') return PASS;
      world.hit();
      return { kind: 'late', byUs: fault.byMs * 1000 };
    });
    return {
      end() {
        removeRule();
        world.hit(world.resetConnection(fault.node, fault.member));
      },
    };
  },
  async impose(fault, world) {
    const attributes = { latency: fault.byMs, jitter: 0 };
    const toxic = { type: 'latency', stream: 'upstream', attributes } as const;
    return { end: await world.addToxic(fault.node, fault.member, toxic) };
  },
};
