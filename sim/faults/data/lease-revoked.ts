/** Somebody else revokes a lease, as an operator does, or etcd when it has not heard of its owner for too long. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { drawWindow } from '../draw-window.js';
import { meaning, type Read, whole } from '../../input/schema.js';
import { COUNT_MAX, faultFields } from '../fault-schema.js';

const schema = faultFields('lease-revoked', {
  index: meaning(
    whole(0, COUNT_MAX),
    'The index among the leases that hold keys at that time, modulo their number',
  ),
});
export type LeaseRevokedFault = Read<typeof schema>;

export const leaseRevoked: FaultKind<LeaseRevokedFault> = {
  kind: 'lease-revoked',
  schema,
  description:
    'An operator revokes a lease while its owner is alive: its keys vanish at once, and the owner learns it at its next renewal.',
  onReal: 'the same, by a separate client',
  arbitrary: (targets) =>
    fc
      .tuple(drawWindow(targets, { minMs: 0, maxMs: 0 }), fc.nat(7))
      .map(([window, index]) => ({ kind: 'lease-revoked', ...window, index })),
  describe: (fault) => `lease number ${fault.index + 1} of those that hold keys revoked`,
  simulate(fault, world) {
    world.operate((operator) => operator.revokeLease(fault.index));
    return { end: () => undefined };
  },
  async impose(fault, world) {
    await world.operate((operator) => operator.revokeLease(fault.index));
    return { end: () => Promise.resolve() };
  },
};
