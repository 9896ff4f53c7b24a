/** Progress of sweeps on stderr, with and without a terminal, and how an interruption ends. */
import { describe, expect, it } from 'vitest';
import { createProgressDisplay, formatProgress } from '../../sim/cli/progress.js';
import type { UseCases } from '../../sim/cli/use-cases.js';
import type { SweepProgress } from '../../sim/explore/sweep.js';
import type { CampaignProgress } from '../../sim/explore/explore-seed.js';
import type { Plan } from '../../sim/plan/plan.js';
import { Memory, sim } from './harness.js';

const sweepOf = (count: number) => ['--scenario', 'bank', '--no-report', '--seeds', String(count)];

/** Runs a seed as a campaign of two runs would. */
function twoRunsOf(strategy: CampaignProgress['strategy']): UseCases['exploreSeed'] {
  return async ({ scenario, seed, options, run, progress }) => {
    const plan: Plan = {
      ...{
        scenario: scenario.name,
        seed,
        options,
        etcdVersion: '3.6',
        members: ['m1'],
        nodes: [],
        faults: [],
      },
      network: { oneWayDelayMinUs: 1, oneWayDelayMaxUs: 2 },
    };
    await run(plan);
    progress?.({ strategy, runs: 1 });
    const result = await run(plan);
    progress?.({ strategy, runs: 2 });
    return result;
  };
}

describe('without a terminal', () => {
  it('there is a plain line for each tenth of the seeds', async () => {
    const { stderr } = await sim(sweepOf(30));
    expect(stderr.lines).toHaveLength(10);
    expect(stderr.lines[0]).toMatch(/^bank: 3 of 30 seeds, [\d.]+ a second, \d+ s left, 0 failed$/);
    expect(stderr.lines.at(-1)).toMatch(/^bank: 30 of 30 seeds/);
    expect(stderr.text).not.toContain('\u001b');
  });

  it('there is a line every ten seconds where a tenth takes longer', () => {
    const stderr = new Memory();
    const display = createProgressDisplay(stderr);
    for (let seedsRun = 1; seedsRun <= 50; seedsRun++) {
      display.show({
        scenario: 'bank',
        seedsRun,
        seedsPlanned: 1000,
        failures: 0,
        elapsedMs: seedsRun * 1000,
      });
    }
    expect(stderr.lines.map((line) => line.split(' ')[1])).toEqual(['10', '20', '30', '40', '50']);
  });

  it('a campaign adds a line every ten seconds, and none for a tenth that was reported', () => {
    const stderr = new Memory();
    const display = createProgressDisplay(stderr);
    const progress = { scenario: 'bank', seedsRun: 1, seedsPlanned: 10, failures: 0 };
    display.show({ ...progress, elapsedMs: 1000 });
    for (let runs = 1; runs <= 20; runs++) {
      const campaign = { seed: 7, strategy: 'guided', runs } as const;
      display.show({ ...progress, elapsedMs: 1000 + runs * 1000, campaign });
    }
    expect(stderr.lines).toEqual([
      'bank: 1 of 10 seeds, 1.0 a second, 9 s left, 0 failed',
      'bank: 1 of 10 seeds, 0.1 a second, 99 s left, 0 failed; seed 7, 10 runs, guided',
      'bank: 1 of 10 seeds, 0.0 a second, 4 min left, 0 failed; seed 7, 20 runs, guided',
    ]);
  });

  it('there is a line for each seed of a few', async () => {
    expect((await sim(sweepOf(3))).stderr.lines).toHaveLength(3);
  });

  it('there is none for a single run', async () => {
    expect((await sim(['--scenario', 'bank', '--no-report'])).stderr.text).toBe('');
  });
});

describe('on a terminal', () => {
  it('one line is written over and gone in the end', async () => {
    const stderr = new Memory(true);
    await sim(sweepOf(30), { stderr });
    expect(stderr.text).not.toContain('\n');
    expect(stderr.text.split('\r\u001b[2K').at(-1)).toBe('');
    expect(stderr.text).toContain('bank: 30 of 30 seeds');
  });

  it('it is rewritten at most ten times a second', () => {
    const stderr = new Memory(true);
    const display = createProgressDisplay(stderr);
    for (let seedsRun = 1; seedsRun < 1000; seedsRun++) {
      display.show({ scenario: 'bank', seedsRun, seedsPlanned: 1000, failures: 0, elapsedMs: seedsRun });
    }
    expect(stderr.text.split('\r')).toHaveLength(11);
  });

  it('a single seed says how far its campaign is, and leaves an empty line', async () => {
    const stderr = new Memory(true);
    const words = ['--seed', '3', '--scenario', 'bank', '--no-report'];
    await sim(words, { stderr, useCases: { exploreSeed: twoRunsOf('guided') } });
    expect(stderr.text).toBe(['', 'seed 3, 1 run, guided', 'seed 3, 2 runs, guided', ''].join('\r\u001b[2K'));
  });

  it('a sweep says how far the campaign of a seed is', async () => {
    const stderr = new Memory(true);
    await sim(sweepOf(5), { stderr, useCases: { exploreSeed: twoRunsOf('exhaustive') } });
    expect(stderr.text).toMatch(
      /bank: 2 of 5 seeds, [\d.]+ a second, \d+ s left, 0 failed; seed 2, [12] runs?, exhaustive/,
    );
  });

  it('it stays narrower than the terminal', () => {
    const stderr = new Memory(true, 20);
    const progress = { scenario: 'bank', seedsRun: 5, seedsPlanned: 9, failures: 1, elapsedMs: 1000 };
    createProgressDisplay(stderr).show(progress);
    expect(formatProgress(progress)).toBe('bank: 5 of 9 seeds, 5.0 a second, 1 s left, 1 failed');
    expect(stderr.text).toBe('\r\u001b[2Kbank: 5 of 9 seeds,');
  });
});

describe('the line', () => {
  const progress = { scenario: 'bank', seedsRun: 500, seedsPlanned: 10_500, failures: 0, elapsedMs: 10_000 };

  it('says how long all seeds take, or less where the time ends before', () => {
    const left = (more: Partial<SweepProgress>) =>
      /, ([^,]*) left/.exec(formatProgress({ ...progress, ...more }))?.[1];
    expect(left({})).toBe('4 min');
    expect(left({ leftMs: 9_500 })).toBe('10 s');
    expect(left({ leftMs: 3_600_000 })).toBe('4 min');
    expect(left({ seedsPlanned: 2_000_500 })).toBe('11 h 7 min');
    expect(left({ seedsRun: 0 })).toBeUndefined();
    expect(left({ seedsRun: 10_500 })).toBeUndefined();
  });

  it('counts only the seeds of this process for its rate', () => {
    expect(formatProgress({ ...progress, seedsBefore: 400 })).toContain('10 a second, 17 min left');
  });

  it('lists the most frequent kinds of failure', () => {
    const kinds = new Map([
      ['deadlock', 1],
      ['check sum', 5],
      ['check \u001b[31mred', 2],
      ['liveness', 1],
    ]);
    expect(formatProgress({ ...progress, failures: 9, kinds })).toMatch(
      /9 failed: 5 check sum, 2 check \[31mred, 1 deadlock, and 1 other kind$/,
    );
  });
});

describe('an interruption', () => {
  it('ends a sweep with what was done so far and exit code 130', async () => {
    const interruption = new AbortController();
    const answer = (seed: number) => {
      if (seed === 4) {
        interruption.abort();
        throw new Error('aborted');
      }
      return seed === 1 ? { verdict: 'inconclusive' as const } : {};
    };
    const done = await sim(sweepOf(50), { answer, signal: interruption.signal });
    expect(done.code).toBe(130);
    expect(done.stdout.text).toContain('sweep of bank, 4 seeds, 1 failed');
    expect(done.stderr.lines.at(-1)).toBe('sim: interrupted after 4 of 50 seeds');
  });

  it('does not count a run that it cut short', async () => {
    const interruption = new AbortController();
    const answer = (seed: number) => {
      if (seed === 2) interruption.abort();
      return { verdict: 'violated' as const };
    };
    const done = await sim([...sweepOf(50), '--keep-going'], { answer, signal: interruption.signal });
    expect(done.code).toBe(130);
    expect(done.stdout.text).toContain('2 seeds, 2 failed');
  });

  it('ends a single run with one line', async () => {
    const interruption = new AbortController();
    const answer = () => {
      interruption.abort();
      throw new Error('aborted');
    };
    const done = await sim(['--scenario', 'bank'], { answer, signal: interruption.signal });
    expect(done).toMatchObject({ code: 130, stdout: { text: '' } });
    expect(done.stderr.text).toBe('sim: interrupted during the run\n');
  });

  it.each(['shrinkFailure', 'explainFailure'] as const)(
    'in %s ends with 130 once the failure was shown, which is kept',
    async (part) => {
      const interruption = new AbortController();
      const kept: string[] = [];
      const done = await sim(['--seed', '5', '--scenario', 'bank'], {
        answer: () => ({ verdict: 'violated' }),
        signal: interruption.signal,
        useCases: {
          shrinkFailure: ({ failure }) => {
            if (part === 'shrinkFailure') interruption.abort();
            return Promise.resolve({ signature: 'check sum', smallest: failure, runs: 1, complete: false });
          },
          explainFailure: () => {
            if (part === 'shrinkFailure') return Promise.reject(new Error('it is over'));
            interruption.abort();
            return Promise.resolve(undefined);
          },
          openCorpus: () =>
            Promise.resolve({
              fileOf: () => '',
              read: () => Promise.resolve([]),
              keep: ({ plan }) => Promise.resolve(String(kept.push(`seed ${plan.seed}`))),
              move: () => Promise.resolve(),
            }),
        },
      });
      expect(done.code).toBe(130);
      expect(done.stdout.text).toContain('run 5 violated\nsim --seed 5 --scenario bank');
      // When it was found, and once it was shrunk.
      expect(kept).toEqual(['seed 5', 'seed 5']);
      expect(done.stderr.lines.at(-1)).toBe('sim: interrupted before the failure was fully explained');
    },
  );

  it('while the backend starts ends with one line', async () => {
    const interruption = new AbortController();
    const createBackend = () => {
      interruption.abort();
      return Promise.reject(new Error('killed'));
    };
    const done = await sim(['--scenario', 'bank'], {
      signal: interruption.signal,
      useCases: { createBackend },
    });
    expect(done.code).toBe(130);
    expect(done.stderr.text).toBe('sim: interrupted\n');
  });
});
