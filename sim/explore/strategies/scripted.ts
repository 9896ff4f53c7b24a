/**
 * A script: at a few choices, named by their numbers, an event other than the earliest is next; everywhere
 * else time alone decides. Shrinking turns another strategy's choices into a script, and exhaustive search
 * tries one script after the other. Invariant: it draws nothing; a pick with a missing index takes the
 * earliest.
 */
import type { Strategy } from '../../engine/strategy.js';
import type { ScriptedSpec } from '../../plan/strategy-spec.js';

export function createScripted({ windowUs, picks }: ScriptedSpec): Strategy {
  const places = new Map(picks.map(({ choice, place }) => [choice, place]));
  let made = 0;
  return {
    windowUs,
    pick(candidates) {
      made += 1;
      const place = places.get(made) ?? 0;
      return place < candidates.length ? place : 0;
    },
  };
}
