/**
 * The jobs of a soak: the seeds dealt out over the scenarios, then over strategies, faults and members, so
 * that every combination occurs. Invariant: as many seeds as requested, none of a scenario twice.
 */
import { campaignKinds } from '../../sim/explore/campaigns/campaign.js';
import { drawnStrategyKinds } from '../../sim/plan/strategy-spec.js';
import type { StrategyName } from '../../sim/explore/strategies/strategy-selection.js';
import type { SoakJob } from './job.js';

const SEEDS_OF_JOB = 20;
/** A campaign makes up to a hundred runs of a seed. */
const SEEDS_OF_CAMPAIGN = 2;
/** One in this many jobs is a campaign. */
const CAMPAIGN_EVERY = 16;
/** One member or three, with all faults or a swarm: the combinations repeat after this many jobs. */
const MEMBERS_AND_FAULTS = 8;

const single: readonly StrategyName[] = ['time', ...drawnStrategyKinds];

export interface SoakRequest {
  readonly scenarios: readonly string[];
  readonly seeds: number;
  /** For every scenario. */
  readonly firstSeed: number;
  /** One in this many seeds is run twice; 1 for all. */
  readonly twiceEvery: number;
  /** All of them, campaigns rarely, if none is named. */
  readonly strategies: readonly StrategyName[];
}

export function soakJobs({
  scenarios,
  seeds,
  firstSeed,
  twiceEvery,
  strategies,
}: SoakRequest): readonly SoakJob[] {
  return scenarios.flatMap((scenario, place) => {
    const own = Math.floor(seeds / scenarios.length) + (place < seeds % scenarios.length ? 1 : 0);
    const jobs: SoakJob[] = [];
    let dealt = 0;
    for (let index = 0; dealt < own; index++) {
      const strategy = strategyOf(index, strategies);
      const isCampaign = campaignKinds.some((kind) => kind === strategy);
      const count = Math.min(own - dealt, isCampaign ? SEEDS_OF_CAMPAIGN : SEEDS_OF_JOB);
      jobs.push({
        scenario,
        strategy,
        faults: Math.floor(index / 4) % 2 === 0 ? 'all' : 'swarm',
        members: Math.floor(index / 2) % 2 === 0 ? 1 : 3,
        firstSeed: firstSeed + dealt,
        seeds: count,
        twiceEvery,
      });
      dealt += count;
    }
    return jobs;
  });
}

/** It changes with every job, faults with every round of them, members with every other. */
function strategyOf(index: number, named: readonly StrategyName[]): StrategyName {
  const round = Math.floor(index / CAMPAIGN_EVERY);
  const turn = (names: readonly StrategyName[], at: number) => names[at % names.length] ?? 'time';
  if (named.length > 0) return turn(named, index + Math.floor(index / MEMBERS_AND_FAULTS));
  return index % CAMPAIGN_EVERY === CAMPAIGN_EVERY - 1
    ? turn(campaignKinds, round)
    : turn(single, index + round);
}
