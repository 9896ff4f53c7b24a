/** Latency and jitter: messages of one link take longer, in both directions. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import type { FaultKind } from '../fault.js';
import { addBothWays } from './toxics.js';
import { drawLinkFault, type LinkFault } from '../draw.js';

export interface LatencyFault extends LinkFault {
  readonly kind: 'latency';
  /** Added to every message, one way. */
  readonly latencyMs: number;
  /** Each message's extra delay varies by up to this much in both directions, never below 0. */
  readonly jitterMs: number;
}

export const latency: FaultKind<LatencyFault> = {
  kind: 'latency',
  description: 'Every message between a node and a member takes longer by a fixed delay and a random jitter.',
  onReal: 'latency toxics in both directions',
  arbitrary: (targets) =>
    fc
      .tuple(
        drawLinkFault(targets, { minMs: 20, maxMs: 800 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 40 }),
      )
      .map(([link, latencyMs, jitterMs]) => ({ kind: 'latency', ...link, latencyMs, jitterMs })),
  describe: (fault) =>
    `${fault.node} to ${fault.member} slower by ${fault.latencyMs} ms (jitter ${fault.jitterMs} ms)`,
  simulate(fault, world) {
    const end = world.addRule(fault.node, fault.member, (message) => {
      if (message.direction === 'connect') return PASS;
      world.hit();
      const jitterUs = fault.jitterMs * 1000;
      const extraUs = fault.latencyMs * 1000 + world.randomInteger(-jitterUs, jitterUs);
      return { kind: 'delay', byUs: Math.max(0, extraUs) };
    });
    return { end };
  },
  impose(fault, world) {
    const attributes = { latency: fault.latencyMs, jitter: fault.jitterMs };
    return addBothWays(fault, world, { type: 'latency', attributes });
  },
};
