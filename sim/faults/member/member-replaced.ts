/** A member leaves the cluster for good, and another takes its place, at the same address and with nothing on its disk. */
import fc from 'fast-check';
import * as v from 'valibot';
import { drawWindow } from '../draw-window.js';
import type { FaultKind } from '../fault.js';
import { meaning, type Read } from '../../input/schema.js';
import { aimedMember, faultFields } from '../fault-schema.js';

const yesOrNo = v.boolean('true or false');

const schema = faultFields('member-replaced', {
  member: aimedMember,
  isLost: meaning(yesOrNo, 'Its process dies before it is removed; otherwise it ends a second after'),
  asLearner: meaning(yesOrNo, 'The other is added as a learner, and promoted once it has caught up'),
});
export type MemberReplacedFault = Read<typeof schema>;

export const memberReplaced: FaultKind<MemberReplacedFault> = {
  kind: 'member-replaced',
  schema,
  description:
    'A member is removed from the cluster, at once or after its process has died; another is added with a new id, starts at its address with no data, and gets all from the leader. The operator repeats what etcd refuses, and replaces one member at a time.',
  onReal:
    'MemberRemove, then MemberAdd and a new process with an empty data directory and `--initial-cluster-state existing`; MemberPromote for a learner',
  membersMin: 3,
  inSwarms: false,
  arbitrary: (targets) =>
    fc
      .tuple(
        fc.oneof(
          drawWindow(targets, { minMs: 50, maxMs: 1000 }),
          drawWindow(targets, { minMs: 1500, maxMs: 6000 }),
        ),
        fc.constantFrom(...targets.members),
        fc.boolean(),
        fc.boolean(),
      )
      .map(([window, member, isLost, asLearner]) => ({
        ...{ kind: 'member-replaced' as const, ...window, member },
        ...{ isLost, asLearner },
      })),
  describe: ({ member, isLost, asLearner, durationMs }) =>
    `${member} ${isLost ? 'lost and ' : ''}removed, after ${durationMs} ms another added${asLearner ? ' as a learner' : ''}`,
  simulate({ member, isLost, asLearner }, world) {
    return { end: world.replaceMember(member, { isLost, asLearner }, () => world.hit()) };
  },
  async impose({ member, isLost, asLearner }, world) {
    const end = await world.replaceMember(member, { isLost, asLearner });
    world.hit();
    return { end };
  },
};
