/** A database that is full: the cluster takes nothing that would make it grow, until somebody disarms the alarm. */
import fc from 'fast-check';
import type { FaultKind, FaultWindow } from '../fault.js';
import { drawWindow } from '../draw.js';

export interface NoSpaceFault extends FaultWindow {
  readonly kind: 'no-space';
  /** Whose database it is. */
  readonly member: string;
}

export const noSpace: FaultKind<NoSpaceFault> = {
  kind: 'no-space',
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
