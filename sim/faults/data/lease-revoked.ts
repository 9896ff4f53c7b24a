/**
 * Another client revokes a lease, as an operator does, or as etcd does after hearing nothing of its owner for
 * too long.
 */
import fc from 'fast-check';
import type { FaultKind, Order } from '../fault.js';
import { MOMENT_AIMS } from '../aim.js';
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
  aims: MOMENT_AIMS,
  arbitrary: (targets) =>
    fc
      .tuple(drawWindow(targets, { minMs: 0, maxMs: 0 }), fc.nat(7))
      .map(([window, index]) => ({ kind: 'lease-revoked', ...window, index })),
  describe: ({ index }) => `the ${ordinal(index + 1)} lease that holds keys revoked`,
  simulate(fault, world) {
    world.operate(revocation(fault));
    return { end: () => undefined };
  },
  async impose(fault, world) {
    await world.operate(revocation(fault));
    return { end: () => Promise.resolve() };
  },
};

const KEYS_MAX = 3;

function revocation({ index }: LeaseRevokedFault): Order {
  return async (operator) => {
    const revoked = await operator.revokeLease(index);
    if (revoked === false) return false;
    const { keys } = revoked;
    const more = keys.length > KEYS_MAX ? ` and ${keys.length - KEYS_MAX} more` : '';
    const whose = `of key${keys.length === 1 ? '' : 's'} ${keys.slice(0, KEYS_MAX).join(', ')}${more}`;
    return { text: `lease ${index + 1} (${whose}) revoked`, revoked };
  };
}

function ordinal(number: number): string {
  const [tens, ones] = [number % 100, number % 10];
  if (tens >= 11 && tens <= 13) return `${number}th`;
  return `${number}${['th', 'st', 'nd', 'rd'][ones] ?? 'th'}`;
}
