/** Leadership passes to another member, as when an operator moves it. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { MOMENT_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import { meaning, type Read } from '../../input/schema.js';
import { aimedMember, faultFields } from '../fault-schema.js';

const schema = faultFields('leader-change', {
  member: meaning(aimedMember, 'Who is to lead; the next member where it does already'),
});
export type LeaderChangeFault = Read<typeof schema>;

export const leaderChange: FaultKind<LeaderChangeFault> = {
  kind: 'leader-change',
  schema,
  description:
    'Another member leads from one moment to the next: leases have their whole time again, and reads that were under way are refused.',
  onReal: 'the leader is asked to hand over (MoveLeader)',
  membersMin: 3,
  rarity: 3,
  aims: MOMENT_AIMS,
  arbitrary: (targets) =>
    fc
      .tuple(drawWindow(targets, { minMs: 0, maxMs: 0 }), fc.constantFrom(...targets.members))
      .map(([window, member]) => ({ kind: 'leader-change', ...window, member })),
  describe: (fault) => `leadership passes to ${fault.member}`,
  simulate(fault, world) {
    if (world.moveLeader(fault.member)) world.hit();
    return { end: () => undefined };
  },
  async impose(fault, world) {
    if (await world.moveLeader(fault.member)) world.hit();
    return { end: () => Promise.resolve() };
  },
};
