/** A node whose clocks run too fast or too slowly. */
import fc from 'fast-check';
import { drawWindow } from '../draw-window.js';
import type { FaultKind } from '../fault.js';
import { meaning, type Read, whole } from '../../input/schema.js';
import { aimedNode, faultFields } from '../fault-schema.js';
import { SHARED_CLOCK } from './wall-clock.js';

const schema = faultFields('clock-drift', {
  node: aimedNode,
  perMille: meaning(
    whole(-900, 900),
    'How many thousandths too fast all clocks of the node run; negative means too slow',
  ),
});
export type ClockDriftFault = Read<typeof schema>;

export const clockDrift: FaultKind<ClockDriftFault> = {
  kind: 'clock-drift',
  schema,
  description:
    'All clocks and timers of a node run too fast or too slow by up to a quarter; the error they have gathered stays when they run right again.',
  onReal: SHARED_CLOCK,
  rarity: 3,
  arbitrary: (targets) =>
    fc
      .tuple(
        drawWindow(targets, { minMs: 200, maxMs: 20_000 }),
        fc.constantFrom(...targets.nodes),
        fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 250 })),
        fc.constantFrom(1, -1),
      )
      .map(([window, node, perMille, sign]) => ({
        kind: 'clock-drift',
        ...window,
        node,
        perMille: sign * perMille,
      })),
  describe: ({ node, perMille }) =>
    `clocks of ${node} ${Math.abs(perMille)}/1000 too ${perMille < 0 ? 'slow' : 'fast'}`,
  simulate({ node, perMille }, world) {
    return { end: world.driftClock(node, perMille, () => world.hit()) };
  },
};
