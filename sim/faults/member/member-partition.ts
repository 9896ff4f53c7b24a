/** A member is cut off from the others, but clients still reach it: it serves old data and cannot write. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { MEMBER_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { aimedMember, faultFields } from '../fault-schema.js';

const schema = faultFields('member-partition', { member: aimedMember });
export type MemberPartitionFault = Read<typeof schema>;

export const memberPartition: FaultKind<MemberPartitionFault> = {
  kind: 'member-partition',
  schema,
  description:
    'A member is cut off from the others and not from its clients: it serves the past, its writes wait or are lost, and if it led another is elected.',
  onReal: 'every connection between it and the others is cut, and none let through',
  membersMin: 3,
  rarity: 3,
  aims: MEMBER_AIMS,
  isOutage: true,
  arbitrary: (targets) =>
    fc
      .tuple(
        fc.oneof(
          drawWindow(targets, { minMs: 50, maxMs: 1000 }),
          drawWindow(targets, { minMs: 1500, maxMs: 6000 }),
        ),
        fc.constantFrom(...targets.members),
      )
      .map(([window, member]) => ({ kind: 'member-partition', ...window, member })),
  describe: (fault) => `${fault.member} cut off from the other members`,
  simulate(fault, world) {
    world.cutMember(fault.member);
    world.hit();
    return { end: () => world.mendMember(fault.member) };
  },
  async impose(fault, world) {
    await world.cutMember(fault.member);
    return { end: () => world.mendMember(fault.member) };
  },
};
