/** A database that is full: the cluster takes nothing that would make it grow, until somebody disarms the alarm. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { drawWindow } from '../draw.js';
import { meaning, type Read } from '../../input/schema.js';
import { aimedMember, faultFields } from '../shape.js';

const schema = faultFields('no-space', { member: meaning(aimedMember, 'Whose database it is') });
export type NoSpaceFault = Read<typeof schema>;

export const noSpace: FaultKind<NoSpaceFault> = {
  kind: 'no-space',
  schema,
  description:
    'A member raises the alarm that its database is full: puts and grants are refused everywhere, deletions and reads are not, until the alarm is disarmed.',
  onReal: 'the same alarm, raised and disarmed by a client',
  rarity: 7,
  arbitrary: (targets) =>
    fc
      .tuple(drawWindow(targets, { minMs: 20, maxMs: 1000 }), fc.constantFrom(...targets.members))
      .map(([window, member]) => ({ kind: 'no-space', ...window, member })),
  describe: (fault) => `${fault.member} without space for ${fault.durationMs} ms`,
  simulate(fault, world) {
    if (world.raiseNoSpace(fault.member)) world.hit();
    return { end: () => world.lowerNoSpace(fault.member) };
  },
  async impose(fault, world) {
    await world.raiseNoSpace(fault.member);
    world.hit();
    return { end: () => world.lowerNoSpace(fault.member) };
  },
};
