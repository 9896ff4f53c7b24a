/** Connections that end in the middle of a message. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import { drawLinkFault } from '../draw-window.js';
import type { FaultKind } from '../fault.js';
import { LINK_AIMS } from '../aim.js';
import { choice, meaning, type Read, whole } from '../../input/schema.js';
import { COUNT_MAX, linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('message-truncated', {
  direction: choice(['request', 'reply']),
  afterBytes: meaning(
    whole(0, COUNT_MAX),
    'How many bytes a connection carries; the message that contains the next byte is cut, and the connection ends',
  ),
});
export type MessageTruncatedFault = Read<typeof schema>;

export const messageTruncated: FaultKind<MessageTruncatedFault> = {
  kind: 'message-truncated',
  schema,
  description:
    'A connection between a node and a member ends in the middle of a message, which is lost: a request before it applies, or a reply after its request applied. Each new connection carries the same number of bytes.',
  onReal: 'a limit_data toxic, which counts the bytes of HTTP/2 as well',
  rarity: 3,
  aims: LINK_AIMS,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawLinkFault(targets, { minMs: 50, maxMs: 1500 }),
        fc.constantFrom<MessageTruncatedFault['direction']>('request', 'reply'),
        // In the rest of most messages, or a few messages later.
        fc.oneof(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 2000 })),
      )
      .map(([link, direction, afterBytes]) => ({
        kind: 'message-truncated',
        ...link,
        direction,
        afterBytes,
      })),
  describe: ({ node, member, direction, afterBytes }) =>
    direction === 'request'
      ? `connection from ${node} to ${member} cut after ${afterBytes} bytes`
      : `connection from ${member} to ${node} cut after ${afterBytes} bytes`,
  simulate({ node, member, direction, afterBytes }, world) {
    let leftBytes = afterBytes;
    const end = world.addRule(node, member, (message) => {
      if (message.direction !== direction) return PASS;
      leftBytes -= message.bytes;
      if (leftBytes >= 0) return PASS;
      leftBytes = afterBytes;
      world.hit();
      return { kind: 'cut' };
    });
    return { end };
  },
  async impose({ node, member, direction, afterBytes }, world) {
    const stream = direction === 'request' ? 'upstream' : 'downstream';
    const attributes = { bytes: afterBytes };
    return { end: await world.addToxic(node, member, { type: 'limit_data', stream, attributes }) };
  },
};
