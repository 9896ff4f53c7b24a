/**
 * Runs one seed: its plan or, where its strategy is a campaign, one plan after the other until one fails. Invariant: what
 * it gives is the run of a plan that holds everything, so that it can be run again alone.
 */
import type { ChoiceObserver } from '../engine/strategy.js';
import type { Exploration, RunResult } from '../run.js';
import { createCampaign } from './campaigns/index.js';
import type { CampaignSpec, OpenChoice } from './campaigns/campaign.js';
import { drawCampaign, drawPlan, type PlanRequest } from './draw-plan.js';
import type { Plan } from './plan.js';
import { races } from './strategies/races.js';

export interface SeedRequest extends PlanRequest {
  /** May reject when the signal is aborted. */
  run(plan: Plan, onChoice?: ChoiceObserver): Promise<RunResult>;
}

export async function exploreSeed(request: SeedRequest): Promise<RunResult> {
  const plan = drawPlan(request);
  const spec = drawCampaign(request);
  return spec === undefined ? request.run(plan) : explore(request, plan, spec);
}

/** The first run that fails, or else the first that is inconclusive, or else the first of all. */
async function explore(request: SeedRequest, plan: Plan, spec: CampaignSpec): Promise<RunResult> {
  const { scenario, faults } = request;
  const campaign = createCampaign(spec, { scenario, plan, faults });
  let shown: RunResult | undefined;
  let runs = 0;
  let step = campaign.next();
  while (step.done !== true) {
    const choices: OpenChoice[] = [];
    const result = await request.run(step.value, ({ candidates }) => {
      // The later one has to race with one that it overtakes.
      const makesDifference = (place: number) =>
        candidates.slice(0, place).some((earlier) => races(earlier, candidates[place] ?? earlier));
      choices.push({ deviations: [...candidates.keys()].filter(makesDifference) });
    });
    runs += 1;
    if (result.verdict === 'violated') return { ...result, exploration: told(spec, runs, false) };
    if (shown === undefined || (shown.verdict === 'satisfied' && result.verdict !== 'satisfied'))
      shown = result;
    step = campaign.next({ result, choices });
  }
  if (shown === undefined) throw new Error('a campaign makes at least one run');
  return { ...shown, exploration: told(spec, runs, step.value) };
}

function told({ kind }: CampaignSpec, runs: number, complete: boolean): Exploration {
  return { strategy: kind, runs, complete };
}
