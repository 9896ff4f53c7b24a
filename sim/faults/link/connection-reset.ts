/** A connection reset: every call between a node and a member is cut at one moment; reconnecting works at once. */
import type { FaultKind } from '../fault.js';
import { LINK_AIMS } from '../aim.js';
import { drawLinkFault } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('connection-reset', {});
export type ConnectionResetFault = Read<typeof schema>;

export const connectionReset: FaultKind<ConnectionResetFault> = {
  kind: 'connection-reset',
  schema,
  description: 'The connection between a node and a member breaks; a new one can be opened at once.',
  onReal: 'every connection of the link is cut',
  aims: LINK_AIMS,
  arbitrary: (targets) =>
    drawLinkFault(targets, { minMs: 0, maxMs: 0 }).map((link) => ({ kind: 'connection-reset', ...link })),
  describe: (fault) => `connection of ${fault.node} to ${fault.member} reset`,
  simulate(fault, world) {
    world.hit(world.resetConnection(fault.node, fault.member));
    return { end: () => undefined };
  },
  async impose(fault, world) {
    await world.resetConnections(fault.node, fault.member);
    return { end: () => Promise.resolve() };
  },
};
