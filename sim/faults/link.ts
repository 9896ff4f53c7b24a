/** What the faults that act on one link between a node and a member share: how target and window are drawn. */
import fc from 'fast-check';
import type { FaultTargets, FaultWindow } from './fault.js';

/** A fault on the link between one node and one member. */
export interface LinkFault extends FaultWindow {
  readonly node: string;
  readonly member: string;
}

/** Draws a window that starts before the horizon and lasts from `minMs` to `maxMs`. */
export function drawWindow(
  targets: FaultTargets,
  duration: { readonly minMs: number; readonly maxMs: number },
): fc.Arbitrary<FaultWindow> {
  return fc.record({
    atMs: fc.integer({ min: 0, max: targets.horizonMs - 1 }),
    durationMs: fc.integer({ min: duration.minMs, max: duration.maxMs }),
  });
}

/** Draws a window together with a link. */
export function drawLinkFault(
  targets: FaultTargets,
  duration: { readonly minMs: number; readonly maxMs: number },
): fc.Arbitrary<LinkFault> {
  return fc
    .tuple(
      drawWindow(targets, duration),
      fc.constantFrom(...targets.nodes),
      fc.constantFrom(...targets.members),
    )
    .map(([window, node, member]) => ({ ...window, node, member }));
}
