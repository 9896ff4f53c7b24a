/** Somebody else revokes a lease, as an operator does, or etcd when it has not heard of its owner for too long. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { drawWindow } from '../draw-window.js';
import { meaning, type Read, whole } from '../../input/schema.js';
import { COUNT_MAX, faultFields } from '../fault-schema.js';

const schema = faultFields('lease-revoked', {
  index: meaning(whole(0, COUNT_MAX), 'Which of the leases that then have keys, counted round'),
});
export type LeaseRevokedFault = Read<typeof schema>;

export const leaseRevoked: FaultKind<LeaseRevokedFault> = {
  kind: 'lease-revoked',
  schema,
  description:
    'A lease ends while its owner lives: its keys vanish at once, and the owner hears of it with its next renewal.',
  onReal: 'the same, by a client of its own',
  arbitrary: (targets) =>
    fc
      .tuple(drawWindow(targets, { minMs: 0, maxMs: 0 }), fc.nat(7))
      .map(([window, index]) => ({ kind: 'lease-revoked', ...window, index })),
  describe: (fault) => `lease ${fault.index + 1} of those that have keys revoked`,
  simulate(fault, world) {
    world.operate((operator) => operator.revokeLease(fault.index));
    return { end: () => undefined };
  },
  async impose(fault, world) {
    await world.operate((operator) => operator.revokeLease(fault.index));
    return { end: () => Promise.resolve() };
  },
};
