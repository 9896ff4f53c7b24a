/**
 * A member's process is paused for a while: nothing answers, nothing breaks, and then everything arrives at
 * once.
 */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { MEMBER_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { aimedMember, faultFields } from '../fault-schema.js';

const schema = faultFields('member-pause', { member: aimedMember });
export type MemberPauseFault = Read<typeof schema>;

export const memberPause: FaultKind<MemberPauseFault> = {
  kind: 'member-pause',
  schema,
  description:
    'A member stands still: its connections stay open and nothing is answered until it goes on, with all that came meanwhile; a leader that stands still for long is replaced.',
  onReal: 'SIGSTOP, then SIGCONT',
  rarity: 3,
  aims: MEMBER_AIMS,
  isOutage: true,
  arbitrary: (targets) =>
    fc
      .tuple(
        fc.oneof(
          drawWindow(targets, { minMs: 20, maxMs: 800 }),
          drawWindow(targets, { minMs: 1500, maxMs: 6000 }),
        ),
        fc.constantFrom(...targets.members),
      )
      .map(([window, member]) => ({ kind: 'member-pause', ...window, member })),
  describe: (fault) => `${fault.member} stands still for ${fault.durationMs} ms`,
  simulate(fault, world) {
    world.pauseMember(fault.member);
    world.hit();
    return { end: () => world.resumeMember(fault.member) };
  },
  async impose(fault, world) {
    await world.pauseMember(fault.member);
    return { end: () => world.resumeMember(fault.member) };
  },
};
