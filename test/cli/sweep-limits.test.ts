/** When a sweep ends before all of its seeds have run: enough failures, or its time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { useCases as real } from '../../sim/cli/use-cases.js';
import { type Memory, sim } from './harness.js';

const sweep = ['--scenario', 'bank', '--no-report', '--seeds', '50'];
const everyFifth = (seed: number) => ({ verdict: seed % 5 === 4 ? ('violated' as const) : undefined });
const answering = (seed: number) => {
  const { verdict } = everyFifth(seed);
  return verdict === undefined ? {} : { verdict };
};

describe('--bail', () => {
  it('ends a sweep after so many violated seeds', async () => {
    expect((await sim(sweep, { answer: answering })).stdout.text).toContain('5 seeds, 1 failed');
    const three = await sim([...sweep, '--bail', '3'], { answer: answering });
    expect(three.stdout.text).toContain('15 seeds, 3 failed');
    expect(three.code).toBe(1);
  });

  it('names each failure at once where it continues', async () => {
    const { stderr } = await sim([...sweep, '--bail', '2'], { answer: answering });
    expect(stderr.lines.filter((line) => line.startsWith('sim: seed'))).toHaveLength(2);
  });

  it('counts over all scenarios', async () => {
    const words = ['--scenario', 'all', '--no-report', '--seeds', '10'];
    const both = await sim([...words, '--bail', '5'], { answer: answering });
    expect(both.stdout.text).toMatch(
      /sweep of bank, 10 seeds, 2 failed[\s\S]*sweep of queue, 10 seeds, 2 failed/,
    );
    const third = await sim([...words, '--bail', '3'], { answer: answering });
    expect(third.stdout.text).toMatch(
      /sweep of bank, 10 seeds, 2 failed[\s\S]*sweep of queue, 5 seeds, 1 failed/,
    );
    const second = await sim([...words, '--bail', '2'], { answer: answering });
    expect(second.stdout.text).not.toContain('queue');
  });

  it('is refused with --keep-going, and a stronger one wins over a weaker', async () => {
    const refused = await sim([...sweep, '--bail', '3', '--keep-going']);
    expect([refused.code, refused.stderr.text]).toEqual([
      64,
      'sim: --bail cannot be combined with --keep-going\n',
    ]);
    const bail = await sim([...sweep, '--bail', '3'], { answer: answering, env: { SIM_KEEP_GOING: '1' } });
    expect(bail.stdout.text).toContain('15 seeds, 3 failed');
    const all = await sim([...sweep, '--keep-going'], { answer: answering, env: { SIM_BAIL: '3' } });
    expect(all.stdout.text).toContain('50 seeds, 10 failed');
  });
});

describe('--time-limit', () => {
  it('ends a sweep that is satisfied over the seeds that ran, and says how many', async () => {
    const done = await sim([...sweep, '--time-limit', '2s']);
    expect(done.code).toBe(0);
    const [, ran = ''] = /out of time after (\d+) of 50 seeds/.exec(done.stderr.text) ?? [];
    expect(Number(ran)).toBeGreaterThan(1);
    expect(Number(ran)).toBeLessThan(50);
    expect(done.stdout.text).toContain(`sweep of bank, ${ran} seeds, 0 failed`);
    expect(done.stderr.text).toMatch(/, [12] s left, 0 failed\n/);
  });

  it('leaves a sweep inconclusive in which no seed ran', async () => {
    const done = await sim([...sweep, '--time-limit', '1ms']);
    expect(done.code).toBe(2);
    expect(done.stdout.text).toContain('sweep of bank, 0 seeds, 0 failed');
  });

  it('is shared by all scenarios', async () => {
    const words = ['--scenario', 'all', '--no-report', '--seeds', '500', '--time-limit', '4s'];
    const { stdout, code } = await sim(words);
    const ran = [...stdout.text.matchAll(/sweep of \w+, (\d+) seeds/g)].map(([, count]) => Number(count));
    expect(code).toBe(0);
    expect(ran).toHaveLength(2);
    for (const count of ran) expect(count).toBeGreaterThan(5);
  });

  it('of a sweep that is resumed begins anew', async () => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'sim-limits-'));
    try {
      const ran = ({ stdout }: { readonly stdout: Memory }) => Number(/(\d+) seeds/.exec(stdout.text)?.[1]);
      const limited = ['--scenario', 'bank', '--seeds', '50', '--out', 'kept', '--time-limit', '2s'];
      const useCases = { openJournal: real.openJournal };
      const first = await sim(limited, { cwd, useCases });
      const resumed = await sim(['--resume', 'kept/bank-seeds-0-49', '--time-limit', '2s'], {
        cwd,
        useCases,
      });
      expect([first.code, resumed.code]).toEqual([0, 0]);
      expect(ran(first)).toBeGreaterThan(1);
      expect(ran(resumed)).toBeGreaterThan(ran(first) + 1);
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });

  it.each(['10', '-5s', '0s', 'ten', ''])('refuses %j', async (text) => {
    const { code, stderr } = await sim([...sweep, `--time-limit=${text}`]);
    expect(code).toBe(64);
    expect(stderr.text).toMatch(/^sim: --time-limit: expected a duration such as 30s, 10m or 1h30m, got/);
  });
});
