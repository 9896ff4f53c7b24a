/** A full database: the cluster accepts nothing that would make it grow until the alarm is disarmed. */
import fc from 'fast-check';
import * as v from 'valibot';
import type { FaultKind } from '../fault.js';
import { drawWindow } from '../draw-window.js';
import { meaning, type Read } from '../../input/schema.js';
import { aimedMember, delayMs, faultFields } from '../fault-schema.js';

const schema = faultFields('no-space', {
  member: meaning(aimedMember, 'The member that raises the alarm'),
  letInMs: v.optional(
    meaning(delayMs, 'How long before the alarm it still accepts writes that will not fit; absent means 0'),
  ),
});
export type NoSpaceFault = Read<typeof schema>;

/** A disk that needs longer than this for one write stays slow. */
const LET_IN_MAX_MS = 50;

export const noSpace: FaultKind<NoSpaceFault> = {
  kind: 'no-space',
  schema,
  description:
    'The databases are full and a member raises the alarm: until it is disarmed, every member refuses puts and grants, but not deletions and reads. Writes accepted shortly before are applied and yet refused.',
  onReal: 'the alarm alone, raised and disarmed by a client: refused writes are not applied',
  rarity: 7,
  arbitrary: (targets) =>
    fc
      .tuple(drawWindow(targets, { minMs: 20, maxMs: 1000 }), fc.constantFrom(...targets.members))
      .map(([window, member]) => ({
        kind: 'no-space',
        ...window,
        member,
        // It draws nothing itself, so the plan's other draws stay the same as before this fault existed.
        letInMs: window.atMs % (LET_IN_MAX_MS + 1),
      })),
  describe: (fault) => `${fault.member} without space for ${fault.durationMs} ms`,
  simulate(fault, world) {
    const { member, durationMs, letInMs = 0 } = fault;
    // It is full before the fault ends.
    if (world.raiseNoSpace(member, Math.min(letInMs, Math.floor(durationMs / 2)))) world.hit();
    return { end: () => world.lowerNoSpace(fault.member) };
  },
  async impose(fault, world) {
    await world.raiseNoSpace(fault.member);
    world.hit();
    return { end: () => world.lowerNoSpace(fault.member) };
  },
};
