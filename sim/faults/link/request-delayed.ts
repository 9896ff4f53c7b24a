/** Requests arrive late, even after their sender has given them up or resent them: the late copy. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import type { FaultKind } from '../fault.js';
import { LINK_AIMS } from '../aim.js';
import { drawLinkFault } from '../draw-window.js';
import { meaning, type Read } from '../../input/schema.js';
import { delayMs, linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('request-delayed', {
  byMs: meaning(delayMs, 'How much later each request in the window arrives'),
});
export type RequestDelayedFault = Read<typeof schema>;

export const requestDelayed: FaultKind<RequestDelayedFault> = {
  kind: 'request-delayed',
  schema,
  description:
    'The requests of a node to a member are delayed for a short time while the connection breaks; they still arrive and apply, long after the node has given up or retried.',
  onReal:
    'a latency toxic upstream; delayed requests are delivered when the fault ends, on the connection that sent them',
  rarity: 3,
  aims: LINK_AIMS,
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
