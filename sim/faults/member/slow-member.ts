/** A lagging member: it has the committed entries, and applies them late. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { MEMBER_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import { meaning, type Read } from '../../input/schema.js';
import { aimedMember, delayMs, faultFields } from '../fault-schema.js';

const schema = faultFields('slow-member', {
  member: aimedMember,
  byMs: meaning(delayMs, 'How much later it applies'),
});
export type SlowMemberFault = Read<typeof schema>;

export const slowMember: FaultKind<SlowMemberFault> = {
  kind: 'slow-member',
  schema,
  description:
    'A member applies what is committed later than it could: its answers and its watches are late, and what it reads serializably is old.',
  onReal: 'not there: an etcd as it is released has no lever for how fast it applies',
  rarity: 3,
  aims: MEMBER_AIMS,
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
