/** A node whose wall clock jumps, as when it is set by hand or by a time server. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import { NODE_AIMS } from '../aim.js';
import { drawWindow } from '../draw-window.js';
import type { Read } from '../../input/schema.js';
import { describeWallClock, SHARED_CLOCK, wallClockFields } from './wall-clock.js';

const schema = wallClockFields('clock-jump');
export type ClockJumpFault = Read<typeof schema>;

/**
 * While a clock has been set back, etcd3's circuit breaker counts from a future time, and refuses every
 * request for that long. That must not outlast the time a run has to become calm.
 */
const BY_MAX_MS = 20_000;

export const clockJump: FaultKind<ClockJumpFault> = {
  kind: 'clock-jump',
  schema,
  description:
    "A node's wall clock (`Date`) jumps ahead or back and is set right later; its monotonic clock and its timers are not affected.",
  onReal: SHARED_CLOCK,
  rarity: 3,
  aims: NODE_AIMS,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawWindow(targets, { minMs: 20, maxMs: 3000 }),
        fc.constantFrom(...targets.nodes),
        fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1000, max: BY_MAX_MS })),
        fc.constantFrom(1, -1),
      )
      .map(([window, node, byMs, sign]) => ({ kind: 'clock-jump', ...window, node, byMs: sign * byMs })),
  describe: describeWallClock,
  simulate(fault, world) {
    return { end: world.shiftClock(fault.node, fault.byMs, () => world.hit()) };
  },
};
