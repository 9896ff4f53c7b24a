/** A member's process dies and comes back on the same data. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { MEMBER_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { aimedMember, faultFields } from '../fault-schema.js';

const schema = faultFields('member-restart', { member: aimedMember });
export type MemberRestartFault = Read<typeof schema>;

export const memberRestart: FaultKind<MemberRestartFault> = {
  kind: 'member-restart',
  schema,
  description:
    "A member's process is killed and started again on its data; its connections break, and while too few members run nothing can be written.",
  onReal: 'SIGKILL, then a new process on the same data',
  aims: MEMBER_AIMS,
  isOutage: true,
  arbitrary: (targets) =>
    fc
      .tuple(drawWindow(targets, { minMs: 50, maxMs: 1000 }), fc.constantFrom(...targets.members))
      .map(([window, member]) => ({ kind: 'member-restart', ...window, member })),
  describe: (fault) => `${fault.member} killed, back after ${fault.durationMs} ms`,
  simulate(fault, world) {
    world.stopMember(fault.member);
    world.hit();
    return { end: () => world.startMember(fault.member) };
  },
  async impose(fault, world) {
    await world.stopMember(fault.member);
    return { end: () => world.startMember(fault.member) };
  },
};
