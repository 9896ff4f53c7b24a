/** A member that lags: it has what is committed, and applies it late. */
import fc from 'fast-check';
import type { FaultKind, FaultWindow } from '../fault.js';
import { drawWindow } from '../draw.js';

export interface SlowMemberFault extends FaultWindow {
  readonly kind: 'slow-member';
  readonly member: string;
  /** How much later it applies. */
  readonly byMs: number;
}

export const slowMember: FaultKind<SlowMemberFault> = {
  kind: 'slow-member',
  description:
    'A member applies what is committed later than it could: its answers and its watches are late, and what it reads serializably is old.',
  onReal: 'not there: an etcd as it is released has no lever for how fast it applies',
  rarity: 3,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawWindow(targets, { minMs: 50, maxMs: 2000 }),
        fc.constantFrom(...targets.members),
        fc.integer({ min: 2, max: 300 }),
      )
      .map(([window, member, byMs]) => ({ kind: 'slow-member', ...window, member, byMs })),
  describe: (fault) => `${fault.member} applies ${fault.byMs} ms late`,
  simulate(fault, world) {
    const end = world.slowMember(fault.member, fault.byMs);
    world.hit();
    return { end };
  },
};
