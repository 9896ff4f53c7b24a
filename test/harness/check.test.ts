/** `check` and its report: what a program gets of a sweep. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CheckProgress } from '../../sim/harness/check-progress.js';
import { Checker } from '../../sim/harness/checker.js';
import { parametersOf } from '../../sim/harness/check-options.js';
import { check } from '../../sim/harness/check.js';
import { steps } from '../../sim/harness/steps.js';
import { writeReport } from '../../sim/harness/write-report.js';
import type { Backend } from '../../sim/backend/backend.js';
import { careful, lossy, moody, twoWays } from './scenarios.js';

const scratch: string[] = [];
afterEach(() => {
  for (const folder of scratch.splice(0)) rmSync(folder, { recursive: true });
});
function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'sim-check-'));
  scratch.push(made);
  return made;
}

describe('a check that finds nothing', () => {
  it('is satisfied, has run every seed, and asserts in silence', async () => {
    const report = await check(careful, { seeds: 20, faults: 'none' });
    expect(report).toMatchObject({
      scenario: 'careful',
      outcome: 'satisfied',
      failures: [],
      differences: [],
      sweep: { seedsRun: 20, seedsPlanned: 20 },
    });
    expect(() => report.assert()).not.toThrow();
  });

  it('writes no report', async () => {
    const directory = folder();
    expect(await writeReport(await check(careful, { seeds: 1, faults: 'none' }), directory)).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a check that ends early', () => {
  it('ends after so many violated seeds with bail, which does not go with keepGoing', async () => {
    const options = { seeds: 100, explain: false, shrink: false, faults: 'none' } as const;
    const { sweep } = await check(lossy, { ...options, bail: 3 });
    expect(sweep?.failures).toHaveLength(3);
    expect(sweep?.failures.at(-1)?.seed).toBe((sweep?.seedsRun ?? 0) - 1);
    const both = check(lossy, { ...options, bail: 3, keepGoing: true });
    await expect(both).rejects.toThrow('bail: expected none with keepGoing, got both');
    await expect(check(lossy, { ...options, bail: 0 })).rejects.toThrow(/^bail: expected a whole number/);
  });

  it('begins no seed after its time, and holds for those that ran', async () => {
    const report = await check(careful, { seeds: 1_000_000, faults: 'none', timeLimitMs: 300 });
    const { seedsRun = 0, seedsPlanned, outOfTime } = report.sweep ?? {};
    expect({ seedsPlanned, outOfTime }).toEqual({ seedsPlanned: 1_000_000, outOfTime: true });
    expect(report.outcome).toBe(seedsRun > 0 ? 'satisfied' : 'inconclusive');
  });

  it('is inconclusive if no seed ran', async () => {
    const signal = new AbortController().signal;
    const backend: Backend = { name: 'simulated', execute: () => Promise.reject(new Error('no seed runs')) };
    const checker = new Checker({
      ...{ parameters: parametersOf(careful, {}), backend, bail: 1, analysesMax: 1, shrinkRunsMax: 0 },
      ...{ explains: false, replayOf: String, replayOfFile: String, signal, steps, nowMs: () => 7 },
      timeLimitMs: 0,
    });
    const { outcome, sweep } = await checker.checkSeeds({ first: 0, last: 9 });
    expect(outcome).toBe('inconclusive');
    expect(sweep).toMatchObject({ seedsRun: 0, outOfTime: true });
  });
});

describe('a check that finds a failure', () => {
  it('ends with it, shrinks it and explains it', async () => {
    const { outcome, failures, sweep } = await check(lossy, { seeds: 100 });
    expect(outcome).toBe('violated');
    expect(sweep?.seedsRun).toBeLessThan(100);
    const [first] = failures;
    expect(first?.signature).toBe('check nothing-lost');
    expect(first?.seeds).toEqual([first?.result.plan.seed]);
    const operations = first?.smallest.plan.nodes.flatMap((node) => node.operations) ?? [];
    expect(operations).toHaveLength(2);
    expect(first?.smallest.explanation?.sentence).toMatch(/^nothing-lost: revision \d+ made it/);
    expect(first?.smallest.explanation?.past?.length).toBeGreaterThan(0);
  });

  it('does neither where it is not wanted', async () => {
    const { failures } = await check(lossy, { seeds: 100, shrink: false, explain: false });
    expect(failures[0]?.smallest).toBe(failures[0]?.result);
    expect(failures[0]?.shrunk).toBeUndefined();
    expect(failures[0]?.explanation).toBeUndefined();
  });

  it('with keepGoing, groups failures of one kind, each with all of its seeds', async () => {
    const options = { seeds: 30, keepGoing: true, explain: false, faults: 'none' } as const;
    const { failures, sweep } = await check(twoWays, options);
    expect(sweep?.seedsRun).toBe(30);
    expect(failures.map(({ signature }) => signature).sort()).toEqual([
      'check nothing-lost',
      'node-error TypeError: half of the time',
    ]);
    const seeds = failures.flatMap((failure) => failure.seeds);
    expect(seeds.sort((a, b) => a - b)).toEqual(sweep?.failures.map(({ seed }) => seed));
    for (const { signature, smallest } of failures) expect(smallest.verdict, signature).toBe('violated');
  });

  it('throws the story: the seeds that it took, the events that led to the failure, the command that replays it', async () => {
    const report = await check(lossy, { seeds: 100, seed: 7 });
    const seed = report.failures[0]?.seeds[0] ?? -1;
    expect(() => report.assert()).toThrow(expect.objectContaining({ name: 'CheckError', report }) as unknown);
    let message = '';
    try {
      report.assert();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.split('\n')[0]).toBe(
      `lossy is violated after ${report.sweep?.seedsRun ?? 0} of 100 seeds`,
    );
    expect(message).toContain('nothing-lost');
    expect(message).toContain(`check(lossy, { seed: ${seed}, seeds: 1 })`);
  });

  it('fails again with the call that it says', async () => {
    const { failures } = await check(lossy, { seeds: 100 });
    const seed = failures[0]?.seeds[0] ?? -1;
    const again = await check(lossy, { seed, seeds: 1, shrink: false, explain: false });
    expect(again.failures[0]?.result.trace).toEqual(failures[0]?.result.trace);
  });
});

describe('a corpus', () => {
  it('keeps what was found, and runs it first the next time', async () => {
    const corpus = path.join(folder(), 'corpus');
    const kept: string[] = [];
    const onProgress = (progress: CheckProgress): void => {
      if (progress.kind === 'kept') kept.push(progress.file);
    };
    const first = await check(lossy, { seeds: 100, corpus, onProgress, explain: false });
    expect(first.known).toBeUndefined();
    expect(kept.map((file) => existsSync(file))).toEqual([true]);
    const second = await check(lossy, { seeds: 100, corpus });
    expect(second).toMatchObject({ outcome: 'violated', failures: [] });
    expect(second.known?.verdict).toBe('violated');
    expect(second.sweep).toBeUndefined();
    expect(() => second.assert()).toThrow(/nothing-lost/);
  });

  it('marks a failure that no longer fails as mended, and continues', async () => {
    const corpus = path.join(folder(), 'corpus');
    await check(lossy, { seeds: 100, corpus, explain: false });
    const notices: string[] = [];
    const mended = { ...careful, name: 'lossy' };
    const report = await check(mended, {
      ...{ seeds: 5, corpus, faults: 'swarm' },
      onProgress: (progress) => {
        if (progress.kind === 'notice') notices.push(progress.text);
      },
    });
    expect(report.known).toBeUndefined();
    expect(report.sweep?.seedsRun).toBe(5);
    expect(notices.join('\n')).toContain('no longer fails');
    expect(readdirSync(path.join(corpus, 'mended'))).toHaveLength(1);
  });
});

describe('progress', () => {
  it('tells of seeds, failures, shrinking and explaining, in that order', async () => {
    const kinds = new Set<string>();
    await check(lossy, { seeds: 100, onProgress: ({ kind }) => void kinds.add(kind) });
    kinds.delete('seeds');
    kinds.delete('seed');
    expect([...kinds]).toEqual(['failed', 'shrinking', 'explaining']);
  });

  it('is waited for', async () => {
    let isBusy = false;
    await check(lossy, {
      seeds: 100,
      shrink: false,
      explain: false,
      async onProgress({ kind }) {
        if (kind !== 'failed') return;
        isBusy = true;
        await new Promise((resolve) => setImmediate(resolve));
        isBusy = false;
      },
    });
    expect(isBusy).toBe(false);
  });
});

describe('a check that cannot tell', () => {
  it('is nondeterministic where two runs of a seed differ', async () => {
    const report = await check(moody, { seeds: 4, checkDeterminism: true });
    expect(report.outcome).toBe('nondeterministic');
    expect(report.differences[0]).toMatch(/^seed \d+ gave two different runs/);
    expect(() => report.assert()).toThrow(/two different runs/);
  });

  it('is interrupted where its signal is aborted, with what it had found', async () => {
    const controller = new AbortController();
    const report = await check(careful, {
      seeds: 50,
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.kind === 'seeds' && progress.seedsRun === 3) controller.abort();
      },
    });
    expect(report.outcome).toBe('interrupted');
    expect(report.sweep?.seedsRun).toBe(3);
    expect(() => report.assert()).toThrow(/interrupted after 3 of 50 seeds/);
  });

  it('is inconclusive where the budget does not do, and says so', async () => {
    const report = await check(careful, { seeds: 1, budget: { maxEvents: 20 } });
    expect(report.outcome).toBe('inconclusive');
    expect(report.failures[0]).toMatchObject({ signature: 'inconclusive budget', seeds: [0] });
    expect(() => report.assert()).toThrow(/20 events/);
  });
});

describe('a real etcd', () => {
  it('gets neither shrinking nor a corpus, since a plan does not replay it', async () => {
    const backend: Backend = {
      name: 'real',
      execute: () =>
        Promise.resolve({
          history: {
            operations: [],
            log: [{ revision: 1, events: [{ kind: 'put', key: 'k', value: '9' }] }],
          },
          problems: [],
          faults: [],
          counters: {},
          wallTimeMs: 1,
        } as unknown as Awaited<ReturnType<Backend['execute']>>),
    };
    const corpus = path.join(folder(), 'corpus');
    const report = await check(lossy, { seeds: 1, backend, corpus });
    expect(report.outcome).toBe('violated');
    expect(report.failures[0]?.shrunk).toBeUndefined();
    expect(existsSync(corpus)).toBe(false);
  });
});

describe('what makes no sense', () => {
  it.each([
    [{ seeds: 0 }, /seeds: expected a whole number from 1 to 4294967296, got 0/],
    [{ seeds: 1.5 }, /seeds/],
    [{ seed: -1 }, /seed: expected a whole number from 0/],
    [{ seed: 2 ** 32 - 1, seeds: 2 }, /none above/],
    [{ faults: ['partion'] }, /partion/],
    [{ strategy: 'randm' }, /randm/],
    [{ members: 0 }, /members/],
    [{ etcdVersion: '2.3' }, /2\.3/],
    [{ options: { workers: 3 } }, /workers/],
  ])('is refused in one line: %o', async (options, message) => {
    const refused = check(careful, options as never);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toMatchObject({ name: 'InputError' });
    const text = await refused.catch((error: unknown) => (error as Error).message);
    expect(text).not.toContain('\n');
  });

  it('a scenario that is none is refused too', async () => {
    await expect(check({ name: 'x' } as never, {})).rejects.toThrow(/x/);
  });
});
