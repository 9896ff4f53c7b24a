/** Latency and jitter: messages of one link take longer, in both directions. */
import fc from 'fast-check';
import { PASS } from '../../network/rule.js';
import type { FaultKind } from '../fault.js';
import { addBothWays } from './toxics.js';
import { drawLinkFault } from '../draw-window.js';
import { meaning, type Read, whole } from '../../input/schema.js';
import { delayMs, linkFaultFields } from '../fault-schema.js';

/** Its range in microseconds is what a stream draws from: at most 32 bits. */
const JITTER_MAX_MS = 1_000_000;

const schema = linkFaultFields('latency', {
  latencyMs: meaning(delayMs, 'Added to every message, one way'),
  jitterMs: meaning(
    whole(0, JITTER_MAX_MS),
    'The extra delay varies per message by up to this much, up or down, never below 0',
  ),
});
export type LatencyFault = Read<typeof schema>;

export const latency: FaultKind<LatencyFault> = {
  kind: 'latency',
  schema,
  description: 'Every message between a node and a member is delayed by a fixed time plus random jitter.',
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
