/** Somebody compacts etcd while it is in use: history that a watch still needs may be gone. */
import fc from 'fast-check';
import type { FaultKind, FaultWindow } from '../fault.js';
import { drawWindow } from '../draw.js';

export interface CompactionFault extends FaultWindow {
  readonly kind: 'compaction';
  /** How many of the last revisions stay. */
  readonly keep: number;
}

export const compaction: FaultKind<CompactionFault> = {
  kind: 'compaction',
  description:
    'Somebody compacts all but the last few revisions: a watch that still needs an older one is cancelled, a read of one is refused.',
  onReal: 'the same, by a client of its own',
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
