/** Messages arrive in slices: frames sent together arrive one by one. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import { drawLinkFault } from '../draw-window.js';
import type { FaultKind } from '../fault.js';
import { addBothWays } from './toxics.js';
import { meaning, type Read, whole } from '../../input/schema.js';
import { COUNT_MAX, linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('message-sliced', {
  sliceBytes: whole(1, COUNT_MAX),
  gapUs: meaning(whole(0, COUNT_MAX), 'The gap between two slices'),
});
export type MessageSlicedFault = Read<typeof schema>;

export const messageSliced: FaultKind<MessageSlicedFault> = {
  kind: 'message-sliced',
  schema,
  description:
    'The bytes between a node and a member arrive in slices with gaps between them: long messages take longer, and messages sent together arrive apart.',
  onReal: 'slicer toxics in both directions',
  rarity: 3,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawLinkFault(targets, { minMs: 20, maxMs: 1000 }),
        fc.integer({ min: 8, max: 200 }),
        fc.integer({ min: 100, max: 10_000 }),
      )
      .map(([link, sliceBytes, gapUs]) => ({ kind: 'message-sliced', ...link, sliceBytes, gapUs })),
  describe: ({ node, member, sliceBytes }) => `slices of ${sliceBytes} bytes between ${node} and ${member}`,
  simulate({ node, member, sliceBytes, gapUs }, world) {
    const joinMessages = world.separateMessages(node, member);
    const removeRule = world.addRule(node, member, ({ direction, bytes }) => {
      if (direction !== 'request' && direction !== 'reply') return PASS;
      world.hit();
      return { kind: 'delay', byUs: gapUs * Math.max(1, Math.ceil(bytes / sliceBytes)) };
    });
    return {
      end() {
        removeRule();
        joinMessages();
      },
    };
  },
  impose(fault, world) {
    const { sliceBytes, gapUs } = fault;
    const attributes = { average_size: sliceBytes, size_variation: Math.trunc(sliceBytes / 4), delay: gapUs };
    return addBothWays(fault, world, { type: 'slicer', attributes });
  },
};
