/** A random walk: every candidate is equally likely to be next. */
import type { RandomStream } from '../../engine/random.js';
import type { Strategy } from '../../engine/strategy.js';
import type { WalkSpec } from '../../plan/strategy-spec.js';

export function createWalk({ windowUs }: WalkSpec, random: RandomStream): Strategy {
  return { windowUs, pick: (candidates) => random.integer(0, candidates.length - 1) };
}
