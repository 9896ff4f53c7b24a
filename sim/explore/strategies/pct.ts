/**
 * Probabilistic concurrency testing, after Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized
 * Scheduler with Probabilistic Guarantees of Finding Bugs" (2010), with chains of events in place of threads.
 * Each chain has a priority, and the highest is next. At a few moments drawn beforehand, the chain that would
 * be next falls behind all others. Invariant: a chain falls at most `depth - 1` times over the whole run, all
 * chains together.
 */
import type { RandomStream } from '../../engine/random.js';
import type { Strategy } from '../../engine/strategy.js';
import type { PctSpec } from '../../plan/strategy-spec.js';

export function createPct({ windowUs, depth, choices }: PctSpec, random: RandomStream): Strategy {
  const priorities = new Map<string, number>();
  const falls = new Set(Array.from({ length: depth - 1 }, () => random.integer(1, choices)));
  let made = 0;
  let lowest = 0;
  return {
    windowUs,
    pick(candidates) {
      made += 1;
      const ranked = candidates.map(({ chain }, place) => {
        const priority = priorities.get(chain) ?? random.uint32() + 1;
        priorities.set(chain, priority);
        return { chain, place, priority };
      });
      ranked.sort((left, right) => right.priority - left.priority || left.place - right.place);
      const [first, second] = ranked;
      if (first === undefined || !falls.has(made)) return first?.place ?? 0;
      lowest -= 1;
      priorities.set(first.chain, lowest);
      return second?.place ?? first.place;
    },
  };
}
