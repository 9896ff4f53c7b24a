/** So many members die at once that the rest have no quorum. */
import fc from 'fast-check';
import { drawWindow } from '../draw-window.js';
import type { FaultKind } from '../fault.js';
import { MEMBER_AIMS } from '../aim.js';
import * as v from 'valibot';
import { list, meaning, type Read } from '../../input/schema.js';
import { aimedMember, faultFields } from '../fault-schema.js';

const NAMES = 'different names of members';
const lostMembers = v.pipe(
  list(aimedMember, NAMES),
  v.minLength(1, NAMES),
  v.check((names) => new Set(names).size === names.length, NAMES),
);

const schema = faultFields('quorum-loss', { lost: meaning(lostMembers, 'The smallest majority, or more') });
export type QuorumLossFault = Read<typeof schema>;

export const quorumLoss: FaultKind<QuorumLossFault> = {
  kind: 'quorum-loss',
  schema,
  description:
    'A majority of the members dies at once and restarts on its data. Until then the rest serves serializable reads only.',
  onReal: 'SIGKILL for each of them, then new processes on the same data',
  membersMin: 3,
  rarity: 3,
  aims: MEMBER_AIMS,
  isOutage: true,
  arbitrary: (targets) => {
    const { members } = targets;
    const majority = Math.floor(members.length / 2) + 1;
    return fc
      .tuple(
        drawWindow(targets, { minMs: 50, maxMs: 3000 }),
        fc.shuffledSubarray([...members], { minLength: majority, maxLength: members.length }),
      )
      .map(([window, lost]) => ({ kind: 'quorum-loss', ...window, lost: [...lost].sort() }));
  },
  describe: ({ lost, durationMs }) => `${lost.join(' and ')} killed, back after ${durationMs} ms`,
  simulate({ lost }, world) {
    for (const member of lost) world.stopMember(member);
    world.hit(lost.length);
    return { end: () => lost.forEach((member) => world.startMember(member)) };
  },
  async impose({ lost }, world) {
    await Promise.all(lost.map((member) => world.stopMember(member)));
    world.hit();
    return {
      async end() {
        await Promise.all(lost.map((member) => world.startMember(member)));
      },
    };
  },
};
