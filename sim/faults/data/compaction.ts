/** A client compacts etcd during the run: history that a watch still needs may be gone. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { MOMENT_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import { meaning, type Read, whole } from '../../input/schema.js';
import { COUNT_MAX, faultFields } from '../fault-schema.js';

const schema = faultFields('compaction', {
  keep: meaning(whole(0, COUNT_MAX), 'How many of the latest revisions to keep'),
});
export type CompactionFault = Read<typeof schema>;

export const compaction: FaultKind<CompactionFault> = {
  kind: 'compaction',
  schema,
  description:
    'An operator compacts all but the last few revisions: a watch that still needs an older one is cancelled, and a read of one is refused.',
  onReal: 'the same, by a separate client',
  aims: MOMENT_AIMS,
  arbitrary: (targets) =>
    fc
      .tuple(drawWindow(targets, { minMs: 0, maxMs: 0 }), fc.oneof(fc.constant(0), fc.nat(5)))
      .map(([window, keep]) => ({ kind: 'compaction', ...window, keep })),
  describe: (fault) =>
    fault.keep === 0 ? 'all past revisions compacted' : `all but the last ${fault.keep} revisions compacted`,
  simulate(fault, world) {
    world.operate((operator) => operator.compact(fault.keep));
    return { end: () => undefined };
  },
  async impose(fault, world) {
    await world.operate((operator) => operator.compact(fault.keep));
    return { end: () => Promise.resolve() };
  },
};
