/**
 * Coverage-guided mutation: whatever run reached something new is kept, and half of the next runs are mutations of what
 * is kept, rather of what reached much. What counts is which operation handed which key to which, and how the rest of a
 * run went ({@link featuresOf}). The other half are plans drawn anew: mutations of one plan seldom come upon the kinds of
 * fault that it lacks, and alone needed five times as many runs for what is hard to find. Invariant: every plan it yields
 * can be run, and the same seed yields the same plans as long as the runs are the same.
 */
import { RandomStreams, type RandomStream } from '../../engine/random.js';
import { drawPlan } from '../draw-plan.js';
import type { Plan } from '../../plan/plan.js';
import { mix } from '../strategies/strategy-selection.js';
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

/** As another seed would have it, by any strategy. */
function drawnAnew({ scenario, plan, faults }: CampaignGround, random: RandomStream): Plan {
  const { seed, options, members, etcdVersion } = plan;
  const request = { scenario, options, faults, members: members.length, etcdVersion, strategy: mix };
  return { ...drawPlan({ ...request, seed: random.uint32() }), seed, runtimeSeed: random.uint32() };
}

/** Each as likely as its weight. */
function choose(kept: readonly Kept[], random: RandomStream): Kept | undefined {
  const total = kept.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.integer(1, Math.max(1, total));
  return kept.find(({ weight }) => (left -= weight) <= 0);
}
