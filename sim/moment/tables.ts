/** The meanings of numbers in a recording's tables. A test compares them with the simulator's own lists. */
import type { Fate, LEASE_EVENTS } from '../history/recording.js';

/** What became of a message, by its number. */
export const fates: readonly Fate[] = ['on its way', 'arrived', 'lost', 'ignored'];

/** What happened to a lease, by its number. */
export const leaseEvents: readonly (typeof LEASE_EVENTS)[number][] = ['granted', 'revoked', 'dated'];
