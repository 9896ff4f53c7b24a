/** A node's wall clock is wrong from the start, as on a machine without a time server. */
import fc from 'fast-check';
import type { FaultKind } from '../fault.js';
import type { Read } from '../../input/schema.js';
import { describeWallClock, SHARED_CLOCK, wallClockFields } from './wall-clock.js';

const schema = wallClockFields('clock-offset');
export type ClockOffsetFault = Read<typeof schema>;

const SECOND_MS = 1000;
const DAY_MS = 86_400 * SECOND_MS;

export const clockOffset: FaultKind<ClockOffsetFault> = {
  kind: 'clock-offset',
  schema,
  description:
    "A node's wall clock (`Date`) is wrong from the start, by up to a month ahead or behind, and is never set right.",
  onReal: SHARED_CLOCK,
  rarity: 3,
  precedesNodes: true,
  arbitrary: (targets) =>
    fc
      .tuple(
        fc.constantFrom(...targets.nodes),
        fc.oneof(
          fc.integer({ min: 1, max: 5 * SECOND_MS }),
          fc.integer({ min: 5 * SECOND_MS, max: DAY_MS }),
          fc.integer({ min: DAY_MS, max: 30 * DAY_MS }),
        ),
        fc.constantFrom(1, -1),
      )
      .map(([node, byMs, sign]) => ({
        kind: 'clock-offset',
        atMs: 0,
        durationMs: 0,
        node,
        byMs: sign * byMs,
      })),
  // Shrinking and mutations move faults, including those drawn for the start.
  describe: (fault) => `${describeWallClock(fault)} ${fault.atMs === 0 ? 'from the start' : 'from then on'}`,
  simulate({ node, byMs }, world) {
    world.shiftClock(node, byMs, () => world.hit());
    return { end: () => undefined };
  },
};
