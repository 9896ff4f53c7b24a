/** A random walk: whatever may be next is as likely as anything else. */
import type { RandomStream } from '../../engine/random.js';
import type { Strategy } from '../../engine/strategy.js';
import type { WalkSpec } from '../../plan/strategy-spec.js';

export function createWalk({ windowUs }: WalkSpec, random: RandomStream): Strategy {
  return { windowUs, pick: (candidates) => random.integer(0, candidates.length - 1) };
}
