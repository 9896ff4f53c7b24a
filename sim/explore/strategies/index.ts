/** The strategies: adding one is one file, one entry here and one in the specification. */
import type { RandomStream } from '../../engine/random.js';
import type { Strategy } from '../../engine/strategy.js';
import { createPct } from './pct.js';
import { createPos } from './pos.js';
import { createScripted } from './scripted.js';
import type { StrategySpec } from '../../plan/strategy-spec.js';
import { createWalk } from './walk.js';

export function createStrategy(spec: StrategySpec, random: RandomStream): Strategy {
  switch (spec.kind) {
    case 'walk':
      return createWalk(spec, random);
    case 'pos':
      return createPos(spec, random);
    case 'pct':
      return createPct(spec, random);
    case 'scripted':
      return createScripted(spec);
  }
}
