/**
 * Runs one seed: its plan or, if its strategy is a campaign, one plan after the other until one fails.
 * Invariant: the returned run's plan is complete, so it can be run again alone.
 */
import type { Choice } from '../engine/strategy.js';
import type { Exploration, RunResult } from '../run/run-result.js';
import type { RunWatch } from '../run/run-watch.js';
import { createCampaign } from './campaigns/index.js';
import type { CampaignSpec, OpenChoice, Trial } from './campaigns/campaign.js';
import { drawCampaign, drawPlan } from './draw-plan.js';
import type { PlanRequest } from './plan-request.js';
import type { Plan } from '../plan/plan.js';
import { races } from './strategies/pos.js';

export interface SeedRequest extends PlanRequest {
  /** May reject when the signal is aborted. */
  run(plan: Plan, watch?: RunWatch): Promise<RunResult>;
  /** Called after every run of a campaign. */
  progress?: ((progress: CampaignProgress) => void) | undefined;
}

/** The progress of a campaign. */
export type CampaignProgress = Pick<Exploration, 'strategy' | 'runs'>;

export async function exploreSeed(request: SeedRequest): Promise<RunResult> {
  const plan = drawPlan(request);
  const spec = drawCampaign(request);
  return spec === undefined ? request.run(plan) : explore(request, plan, spec);
}

/** The first run that fails; otherwise the first inconclusive one; otherwise the first of all. */
async function explore(request: SeedRequest, plan: Plan, spec: CampaignSpec): Promise<RunResult> {
  const { scenario, faults } = request;
  const campaign = createCampaign(spec, { scenario, plan, faults });
  let shown: RunResult | undefined;
  let runs = 0;
  let step = campaign.next();
  while (step.done !== true) {
    const choices: OpenChoice[] = [];
    const { calls = [], ...result } = await request.run(step.value.plan, watchOf(step.value.wants, choices));
    runs += 1;
    request.progress?.({ strategy: spec.kind, runs });
    if (result.verdict === 'violated') return { ...result, exploration: told(spec, runs, false) };
    if (shown === undefined || (shown.verdict === 'satisfied' && result.verdict !== 'satisfied'))
      shown = result;
    step = campaign.next({ result, choices, calls });
  }
  if (shown === undefined) throw new Error('a campaign makes at least one run');
  return { ...shown, exploration: told(spec, runs, step.value) };
}

function watchOf(wants: Trial['wants'], choices: OpenChoice[]): RunWatch {
  if (wants === 'calls') return { recordCalls: true };
  return { onChoice: (choice) => void choices.push({ deviations: deviationsOf(choice) }) };
}

/** The candidates worth a deviation: those that race with an event that they would overtake. */
function deviationsOf({ candidates }: Choice): readonly number[] {
  const makesDifference = (place: number) =>
    candidates.slice(0, place).some((earlier) => races(earlier, candidates[place] ?? earlier));
  return [...candidates.keys()].filter(makesDifference);
}

function told({ kind }: CampaignSpec, runs: number, complete: boolean): Exploration {
  return { strategy: kind, runs, complete };
}
