/**
 * Bounded exhaustive search, after Emmi, Qadeer and Rakamaric, "Delay-Bounded Scheduling" (2011). It runs the
 * whole plan once. Then it takes a small part of the plan, first in the order of time, then in every order
 * that differs in one choice, then in two. A deviation that swaps only events that do not race is left out,
 * because it changes only times. Invariant: no script is tried twice; when it reports completion, every order
 * within the bounds was tried.
 */
import type { Plan } from '../../plan/plan.js';
import type { Pick } from '../../plan/strategy-spec.js';
import type { Campaign, CampaignGround, ExhaustiveSpec } from './campaign.js';
import { smallPlan } from './small-plan.js';

export function* exhaustive(spec: ExhaustiveSpec, ground: CampaignGround): Campaign {
  const { windowUs, deviationsMax, runsMax } = spec;
  const plan = smallPlan(ground, yield { plan: ground.plan, wants: 'calls' });
  const scripts: (readonly Pick[])[] = [[]];
  let tried = 1;
  for (let script = scripts.shift(); script !== undefined; script = scripts.shift()) {
    if (tried === runsMax) return false;
    const { choices } = yield { plan: scripted(plan, windowUs, script), wants: 'choices' };
    tried += 1;
    if (script.length === deviationsMax) continue;
    // Only after its last pick, so that each script is made in one way.
    const from = script.at(-1)?.choice ?? 0;
    for (const [index, { deviations }] of choices.entries()) {
      if (index < from) continue;
      for (const place of deviations) scripts.push([...script, { choice: index + 1, place }]);
    }
  }
  return true;
}

function scripted(plan: Plan, windowUs: number, picks: readonly Pick[]): Plan {
  return { ...plan, strategy: { kind: 'scripted', windowUs, picks } };
}
