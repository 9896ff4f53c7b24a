/**
 * Coverage-guided mutation: whatever run reached something new is kept, and the next runs are mutations of what is kept,
 * rather of what reached much. What counts is which operation handed which key to which, and how the rest of a run went
 * ({@link featuresOf}). Invariant: every plan it yields can be run, and the same seed yields the same plans as long as
 * the runs are the same.
 */
import { RandomStreams, type RandomStream } from '../../engine/random.js';
import type { Plan } from '../plan.js';
import type { Campaign, CampaignGround, GuidedSpec } from './campaign.js';
import { featuresOf } from './features.js';
import { mutate, type Parent } from './mutate.js';

interface Kept extends Parent {
  /** How much it reached that nothing before it had. */
  readonly weight: number;
}

export function* guided({ runsMax }: GuidedSpec, ground: CampaignGround): Campaign {
  const { plan } = ground;
  const random = new RandomStreams(`guided/${plan.scenario}/${plan.seed}`).stream('campaign');
  const reached = new Set<string>();
  const kept: Kept[] = [];
  let next: Plan = plan;
  for (let tried = 0; tried < runsMax; tried++) {
    const { result, calls } = yield next;
    const fresh = featuresOf(result, calls).filter((feature) => !reached.has(feature));
    for (const feature of fresh) reached.add(feature);
    if (fresh.length > 0) kept.push({ result, weight: fresh.length });
    next = mutate(choose(kept, random) ?? { result }, ground, random);
  }
  return false;
}

/** Each as likely as its weight. */
function choose(kept: readonly Kept[], random: RandomStream): Kept | undefined {
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.integer(1, Math.max(1, total));
  return kept.find(({ weight }) => (left -= weight) <= 0);
}
