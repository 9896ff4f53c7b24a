/** Shared by the faults on one link between a node and a member: how their target and window are drawn. */
import fc from 'fast-check';
import type { FaultTargets, FaultWindow } from './fault.js';

/** A fault on the link between one node and one member. */
export interface LinkFault extends FaultWindow {
  readonly node: string;
  readonly member: string;
}

/** Even in a run that may take long, faults also occur at the beginning. */
const BEGINNING_MS = 300;

/** Draws a window that starts before the horizon and lasts from `minMs` to `maxMs`. */
export function drawWindow(
  targets: FaultTargets,
  duration: { readonly minMs: number; readonly maxMs: number },
): fc.Arbitrary<FaultWindow> {
  return fc.record({
    atMs: targets.horizonIsLong
      ? fc.oneof(start(BEGINNING_MS), start(targets.horizonMs))
      : start(targets.horizonMs),
    durationMs: fc.integer({ min: duration.minMs, max: duration.maxMs }),
  });
}

function start(beforeMs: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: beforeMs - 1 });
}

/** Draws a window together with a link: from a node to a member or, as often, to another node that serves. */
export function drawLinkFault(
  targets: FaultTargets,
  duration: { readonly minMs: number; readonly maxMs: number },
): fc.Arbitrary<LinkFault> {
  const { nodes, members, peers } = targets;
  const window = drawWindow(targets, duration);
  const link = (from: readonly string[], to: readonly string[]): fc.Arbitrary<LinkFault> =>
    fc
      .tuple(window, fc.constantFrom(...from), fc.constantFrom(...to))
      .map(([times, node, member]) => ({ ...times, node, member }));
  const between = peers.flatMap((peer) => {
    const callers = nodes.filter((node) => node !== peer);
    return nodes.includes(peer) && callers.length > 0 ? [link(callers, [peer])] : [];
  });
  const toMember = link(nodes, members);
  return between.length === 0 ? toMember : fc.oneof(toMember, fc.oneof(...between));
}
