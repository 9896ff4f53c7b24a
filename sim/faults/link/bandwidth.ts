/** A link with little bandwidth: messages wait for earlier ones. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import { drawLinkFault } from '../draw-window.js';
import type { FaultKind } from '../fault.js';
import { addBothWays } from './toxics.js';
import { meaning, type Read, whole } from '../../input/schema.js';
import { COUNT_MAX, linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('bandwidth', {
  kilobytesPerSecond: meaning(whole(1, COUNT_MAX), 'The rate in each direction'),
});
export type BandwidthFault = Read<typeof schema>;

/** HTTP/2 and TCP add about this much to a message. */
const OVERHEAD_BYTES = 60;

export const bandwidth: FaultKind<BandwidthFault> = {
  kind: 'bandwidth',
  schema,
  description:
    'The link between a node and a member carries only a few kilobytes a second in each direction, one message after the other.',
  onReal: 'bandwidth toxics in both directions',
  rarity: 3,
  arbitrary: (targets) =>
    fc
      .tuple(drawLinkFault(targets, { minMs: 50, maxMs: 2000 }), fc.integer({ min: 1, max: 40 }))
      .map(([link, kilobytesPerSecond]) => ({ kind: 'bandwidth', ...link, kilobytesPerSecond })),
  describe: ({ node, member, kilobytesPerSecond }) =>
    `${kilobytesPerSecond} kB/s between ${node} and ${member}`,
  simulate({ node, member, kilobytesPerSecond }, world) {
    const freeAtUs = { request: 0, reply: 0 };
    const end = world.addRule(node, member, ({ direction, bytes }) => {
      if (direction !== 'request' && direction !== 'reply') return PASS;
      world.hit();
      const nowUs = world.nowUs();
      // A kilobyte a second is a byte a millisecond.
      const takesUs = Math.ceil(((bytes + OVERHEAD_BYTES) * 1000) / kilobytesPerSecond);
      freeAtUs[direction] = Math.max(nowUs, freeAtUs[direction]) + takesUs;
      return { kind: 'delay', byUs: freeAtUs[direction] - nowUs };
    });
    return { end };
  },
  impose: (fault, world) =>
    addBothWays(fault, world, { type: 'bandwidth', attributes: { rate: fault.kilobytesPerSecond } }),
};
