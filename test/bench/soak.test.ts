/** A soak in small: its jobs, and its report of problems. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, soak } from '../../bench/soak/job.js';
import { soakJobs } from '../../bench/soak/jobs.js';
import { formatSoak } from '../../bench/soak/table.js';
import { scenarios, specimens } from '../../scenarios/index.js';
import { strategyNames } from '../../sim/explore/strategies/strategy-selection.js';

const names = scenarios.map(({ name }) => name);
const job = { strategy: 'time', faults: 'swarm', members: 1, firstSeed: 0, seeds: 1, twiceEvery: 1 } as const;

const request = { scenarios: names, seeds: 0, firstSeed: 0, twiceEvery: 1, strategies: [] };

describe('the jobs of a soak', () => {
  it('have as many seeds as requested, none of a scenario twice', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(1000), (seeds, firstSeed) => {
        const all = soakJobs({ ...request, seeds, firstSeed }).flatMap((one) =>
          Array.from({ length: one.seeds }, (_, index) => `${one.scenario} ${one.firstSeed + index}`),
        );
        expect(all).toHaveLength(seeds);
        expect(new Set(all).size).toBe(seeds);
      }),
    );
  });

  it('have only the named strategies', () => {
    const jobs = soakJobs({ ...request, seeds: 1000, strategies: ['guided', 'exhaustive'] });
    const kinds = new Set(jobs.map((one) => [one.strategy, one.faults, one.members].join(' ')));
    expect(kinds.size).toBe(8);
    expect(new Set(jobs.map(({ strategy }) => strategy))).toEqual(new Set(['guided', 'exhaustive']));
  });

  it('have every strategy with all faults and a swarm, with one member and three', () => {
    const jobs = soakJobs({ ...request, seeds: 20_000 });
    const kinds = new Set(
      jobs.map(({ scenario, strategy, faults, members }) => [scenario, strategy, faults, members].join(' ')),
    );
    const single = strategyNames.filter((name) => name !== 'exhaustive' && name !== 'guided');
    for (const scenario of names) {
      for (const strategy of single) {
        for (const faults of ['all', 'swarm']) {
          for (const members of [1, 3]) {
            expect(kinds).toContain([scenario, strategy, faults, members].join(' '));
          }
        }
      }
    }
    expect(new Set(jobs.map(({ strategy }) => strategy))).toEqual(new Set(strategyNames));
  });
});

describe('a soak', () => {
  it('runs every seed twice, and finds nothing wrong with correct recipes', async () => {
    const result = await soak({ ...job, scenario: 'register', seeds: 3 }, scenarios);
    expect(result).toMatchObject({ runs: 6, unsound: [] });
    expect(formatSoak([result])).toMatch(/^\| all +\| 3 +\| 6 +\| \d+ +\| 0 +\| 0 +\| 0 +\| 0 +\|$/m);
  });

  it('runs only some twice on request', async () => {
    expect(await soak({ ...job, scenario: 'register', seeds: 4, twiceEvery: 2 }, scenarios)).toMatchObject({
      runs: 6,
    });
  });

  it('says which seed had another trace in another process', async () => {
    const result = await soak({ ...job, scenario: 'register', seeds: 2 }, scenarios, ({ plan }) =>
      Promise.resolve(plan.seed === 1 ? 'other' : hashOf({ scenario: 'register', plan }, scenarios)),
    );
    expect(result.unsound).toMatchObject([
      { kind: 'nondeterministic', replay: expect.stringContaining('--seed 1 ') as unknown },
    ]);
  });

  it('says which seed is violated, with the command that runs it again', async () => {
    const { unsound } = await soak({ ...job, scenario: 'queue-naive', faults: 'all' }, specimens);
    expect(unsound).toMatchObject([
      {
        kind: 'violated',
        replay: 'sim --seed 0 --scenario queue-naive --faults all --members 1 --strategy time',
      },
    ]);
  });
});

describe('seeds that were unsound', () => {
  it('stay sound: a replaced member that another fault kept down gets its vote in the end', async () => {
    const job = { scenario: 'double-barrier', strategy: 'pos', faults: 'all', members: 3 } as const;
    const { unsound, faultsThatHit } = await soak(
      { ...job, firstSeed: 5_000_346, seeds: 1, twiceEvery: 1 },
      scenarios,
    );
    expect(unsound).toEqual([]);
    expect(faultsThatHit).toBeGreaterThan(10);
  });
});
