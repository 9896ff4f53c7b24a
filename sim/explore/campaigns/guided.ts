/**
 * Coverage-guided mutation. Every run that reached something new is kept, and half of the next runs are
 * mutations of kept ones, preferring those that reached much. Coverage counts which operation handed which
 * key to which other, and how the run went otherwise ({@link featuresOf}). The other half are newly drawn
 * plans: mutations of one plan rarely add the kinds of fault that it lacks. Mutations alone needed five times
 * as many runs for failures that are hard to find. Invariant: every plan it yields can be run, and the same
 * seed yields the same plans as long as the runs are the same.
 */
import { RandomStreams, type RandomStream } from '../../engine/random.js';
import { drawPlan } from '../draw-plan.js';
import type { Plan } from '../../plan/plan.js';
import { mix } from '../strategies/strategy-selection.js';
import type { Campaign, CampaignGround, GuidedSpec } from './campaign.js';
import { featuresOf } from './features.js';
import { mutate, type Parent } from './mutate.js';

interface Kept extends Parent {
  /** How much it reached that no earlier run had. */
  readonly weight: number;
}

export function* guided({ runsMax }: GuidedSpec, ground: CampaignGround): Campaign {
  const { plan } = ground;
  const random = new RandomStreams(`guided/${plan.scenario}/${plan.seed}`).stream('campaign');
  const reached = new Set<string>();
  const kept: Kept[] = [];
  let next: Plan = plan;
  for (let tried = 0; tried < runsMax; tried++) {
    const { result, calls } = yield { plan: next, wants: 'calls' };
    const fresh = featuresOf(result, calls).filter((feature) => !reached.has(feature));
    for (const feature of fresh) reached.add(feature);
    if (fresh.length > 0) kept.push({ result, weight: fresh.length });
    next =
      random.integer(0, 1) === 0
        ? drawnAnew(ground, random)
        : mutate(choose(kept, random) ?? { result }, ground, random);
  }
  return false;
}

/** As another seed would have it, with any strategy. */
function drawnAnew({ scenario, plan, faults }: CampaignGround, random: RandomStream): Plan {
  const { seed, options, members, etcdVersion } = plan;
  const request = { scenario, options, faults, members: members.length, etcdVersion, strategy: mix };
  return { ...drawPlan({ ...request, seed: random.uint32() }), seed, runtimeSeed: random.uint32() };
}

/** With a probability proportional to its weight. */
function choose(kept: readonly Kept[], random: RandomStream): Kept | undefined {
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.integer(1, Math.max(1, total));
  return kept.find(({ weight }) => (left -= weight) <= 0);
}
