/** A connection that has lost one end, as when a firewall forgets it: the node's end stays open. */
import fc from 'fast-check';
import { drawLinkFault } from '../draw-window.js';
import type { FaultKind } from '../fault.js';
import { LINK_AIMS } from '../aim.js';
import type { Read } from '../../input/schema.js';
import { linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('half-open', {});
export type HalfOpenFault = Read<typeof schema>;

export const halfOpen: FaultKind<HalfOpenFault> = {
  kind: 'half-open',
  schema,
  description:
    "The member's end of a connection is gone, with every call on it, but the node does not know: it keeps sending and gets no reply until its own end breaks.",
  onReal: 'not available: Toxiproxy closes both ends of a connection or neither',
  rarity: 3,
  aims: LINK_AIMS,
  isOutage: true,
  arbitrary: (targets) =>
    fc
      .oneof(
        { weight: 4, arbitrary: drawLinkFault(targets, { minMs: 20, maxMs: 1000 }) },
        // Longer than a lease lives.
        { weight: 1, arbitrary: drawLinkFault(targets, { minMs: 1000, maxMs: 8000 }) },
      )
      .map((link) => ({ kind: 'half-open', ...link })),
  describe: ({ node, member }) => `${member} has forgotten the connection of ${node}`,
  simulate({ node, member }, world) {
    world.hit(world.severConnection(node, member));
    return { end: () => world.hit(world.resetConnection(node, member)) };
  },
};
