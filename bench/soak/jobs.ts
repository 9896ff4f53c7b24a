/**
 * The jobs of a soak: the seeds dealt out over the scenarios, then over strategies, faults and members, so that each
 * occurs with each other. Invariant: as many seeds as were asked for, none of a scenario twice.
 */
import { campaignKinds } from '../../sim/explore/campaigns/campaign.js';
import { drawnStrategyKinds } from '../../sim/explore/strategies/strategy-spec.js';
import type { StrategyName } from '../../sim/explore/strategies/strategy-selection.js';
import type { SoakJob } from './job.js';

const SEEDS_OF_JOB = 20;
/** A campaign makes up to a hundred runs of a seed. */
const SEEDS_OF_CAMPAIGN = 2;
/** One in so many jobs is a campaign. */
const CAMPAIGN_EVERY = 16;

const single: readonly StrategyName[] = ['time', ...drawnStrategyKinds];

/**
 * @param firstSeed of every scenario
 * @param twiceEvery of so many seeds one is run twice
 */
export function soakJobs(
  scenarios: readonly string[],
  seeds: number,
  firstSeed: number,
  twiceEvery = 1,
): readonly SoakJob[] {
  return scenarios.flatMap((scenario, place) => {
    const own = Math.floor(seeds / scenarios.length) + (place < seeds % scenarios.length ? 1 : 0);
    const jobs: SoakJob[] = [];
    let dealt = 0;
    for (let index = 0; dealt < own; index++) {
      const isCampaign = index % CAMPAIGN_EVERY === CAMPAIGN_EVERY - 1;
      const count = Math.min(own - dealt, isCampaign ? SEEDS_OF_CAMPAIGN : SEEDS_OF_JOB);
      const round = Math.floor(index / CAMPAIGN_EVERY);
      // The strategy changes with every job, faults with every round of them, members with every other.
      const strategy = isCampaign
        ? campaignKinds[round % campaignKinds.length]
        : single[(index + round) % single.length];
      jobs.push({
        scenario,
        strategy: strategy ?? 'time',
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
