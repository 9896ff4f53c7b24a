/** A partition of a node from a member: nothing passes in either direction until it heals. */
import fc from 'fast-check';
import { DROP } from '../../network/rule.js';
import type { FaultKind } from '../fault.js';
import { LINK_AIMS } from '../aim.js';
import { addBlackHoles } from './toxics.js';
import { drawLinkFault } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { linkFaultFields } from '../fault-schema.js';

const schema = linkFaultFields('partition', {});
export type PartitionFault = Read<typeof schema>;

export const partition: FaultKind<PartitionFault> = {
  kind: 'partition',
  schema,
  description:
    'No message passes between a node and a member, in either direction; when it heals, the old connection breaks and a new one can be opened.',
  onReal: 'black holes both ways, then the connection is cut',
  aims: LINK_AIMS,
  isOutage: true,
  arbitrary: (targets) =>
    fc
      .oneof(
        { weight: 4, arbitrary: drawLinkFault(targets, { minMs: 20, maxMs: 1000 }) },
        // Longer than a lease lives.
        { weight: 1, arbitrary: drawLinkFault(targets, { minMs: 1000, maxMs: 8000 }) },
      )
      .map((link) => ({ kind: 'partition', ...link })),
  describe: (fault) => `${fault.node} cut off from ${fault.member}`,
  simulate(fault, world) {
    const removeRule = world.addRule(fault.node, fault.member, () => {
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
  impose: (fault, world) => addBlackHoles(fault, world, ['upstream', 'downstream']),
};
