/** What `sim run` does with the results: exit codes, output, reports, replay commands. */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentError } from '../../sim/backend/environment-error.js';
import { Memory, sim, type FakeAnswer } from './harness.js';

const bank = ['--scenario', 'bank'];
const failing = (seed: number): FakeAnswer => (seed === 3 || seed === 5 ? { verdict: 'violated' } : {});

describe('the exit code', () => {
  it.each([
    ['satisfied', 0],
    ['violated', 1],
    ['inconclusive', 2],
  ] as const)('of a run that is %s is %d', async (verdict, code) => {
    expect((await sim(bank, { answer: () => ({ verdict }) })).code).toBe(code);
  });

  it('of a sweep is 1 where one seed is violated and another inconclusive', async () => {
    const answer = (seed: number): FakeAnswer => ({ verdict: seed === 0 ? 'inconclusive' : 'violated' });
    expect((await sim([...bank, '--seeds', '2'], { answer })).code).toBe(1);
  });

  it('is 3 where a failing seed gives another trace the second time', async () => {
    const done = await sim([...bank, '--seeds', '5'], {
      answer: (seed, attempt) => (seed === 3 ? { verdict: 'violated', hash: `h${attempt}` } : {}),
    });
    expect(done.code).toBe(3);
    expect(done.stderr.text).toContain('sim: seed 3 of bank gave two different runs, trace h1 and h2\n');
  });

  it('is 70 with one line where the environment refuses', async () => {
    const createBackend = () =>
      Promise.reject(new EnvironmentError('no etcd at http://a:1: connection refused'));
    const done = await sim([...bank, '--backend', 'real'], { useCases: { createBackend } });
    expect(done.code).toBe(70);
    expect(done.stderr.text).toBe('sim: no etcd at http://a:1: connection refused\n');
  });

  it('is 70 with a stack where the simulator is at fault', async () => {
    const exploreSeed = () => Promise.reject(new TypeError('x is not a function'));
    const done = await sim(bank, { useCases: { exploreSeed } });
    expect(done.code).toBe(70);
    expect(done.stderr.lines[0]).toBe('sim: internal error: TypeError: x is not a function');
    expect(done.stderr.lines.length).toBeGreaterThan(2);
  });

  it('of all scenarios is that of the worst', async () => {
    const answer = (): FakeAnswer => ({ verdict: 'inconclusive' });
    const done = await sim(['--scenario', 'all'], { answer });
    expect(done.code).toBe(2);
    expect(new Set(done.plans.map((plan) => plan.scenario)).size).toBe(2);
  });
});

describe('one seed', () => {
  it('runs once, without stacks, where it is satisfied', async () => {
    const done = await sim([...bank, '--seed', '5']);
    expect(done.runs.map((run) => run.stacks)).toEqual([false]);
  });

  it('runs again with stacks where it fails', async () => {
    const done = await sim([...bank, '--seed', '3'], { answer: failing });
    expect(done.runs.map((run) => run.stacks)).toEqual([false, true]);
    expect(done.runs.map((run) => run.recordCalls)).toEqual([false, true]);
    expect(done.code).toBe(1);
  });

  it('runs once on the real backend, with stacks', async () => {
    const done = await sim([...bank, '--seed', '3', '--backend', 'real'], { answer: failing });
    expect(done.runs.map((run) => run.stacks)).toEqual([true]);
  });
});

describe('a sweep', () => {
  it('stops at the first violation and ends with its replay command', async () => {
    const done = await sim([...bank, '--seeds', '50', '--set', 'variant=lost-update'], { answer: failing });
    expect(done.code).toBe(1);
    expect(done.runs.map(({ plan }) => plan.seed)).toEqual([0, 1, 2, 3, 3]);
    expect(done.stdout.lines.at(-1)).toBe('sim --seed 3 --scenario bank --set variant=lost-update');
  });

  it('runs to the end with --keep-going', async () => {
    const done = await sim([...bank, '--seeds', '8', '--keep-going'], { answer: failing });
    expect(done.code).toBe(1);
    expect(done.runs.map(({ plan }) => plan.seed)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 3]);
    expect(done.stdout.text).toContain('8 seeds, 2 failed');
  });

  it('does not stop at what is inconclusive', async () => {
    const done = await sim([...bank, '--seeds', '3'], { answer: () => ({ verdict: 'inconclusive' }) });
    expect(done.code).toBe(2);
    expect(done.stdout.text).toContain('3 seeds, 3 failed');
  });

  it('runs without stacks, and its first failure again with them', async () => {
    const done = await sim([...bank, '--seeds', '4'], { answer: failing });
    expect(done.runs.map((run) => run.stacks)).toEqual([false, false, false, false, true]);
  });

  it('reports the first violation even where something inconclusive came before', async () => {
    const answer = (seed: number): FakeAnswer => ({ verdict: seed === 0 ? 'inconclusive' : 'violated' });
    const done = await sim([...bank, '--seeds', '3'], { answer });
    expect(done.stdout.lines.at(-1)).toBe('sim --seed 1 --scenario bank');
  });

  it('does not run a failing seed twice on the real backend', async () => {
    const done = await sim([...bank, '--backend', 'real', '--seeds', '4'], { answer: failing });
    expect(done.runs.map(({ plan }) => plan.seed)).toEqual([0, 1, 2, 3]);
    expect(done.code).toBe(1);
  });

  it('of all scenarios stops at the scenario that is violated', async () => {
    const done = await sim(['--scenario', 'all', '--seeds', '4'], { answer: failing });
    expect(new Set(done.plans.map((plan) => plan.scenario.name))).toEqual(new Set(['bank']));
  });
});

describe('output', () => {
  it('of a run is its text on stdout, and where the report lies on stderr', async () => {
    const done = await sim(bank);
    expect(done.stdout.text).toBe('run 0 satisfied\nsim --seed 0 --scenario bank\n');
    expect(done.stderr.text).toBe('report: reports/latest/index.html\n');
  });

  it('is JSON with --reporter json, a line for each scenario', async () => {
    const done = await sim(['--scenario', 'all', '--reporter', 'json']);
    expect(done.stdout.lines.map((line) => (JSON.parse(line) as { verdict: string }).verdict)).toEqual([
      'satisfied',
      'satisfied',
    ]);
  });

  it('writes no report with --no-report', async () => {
    const done = await sim([...bank, '--no-report']);
    expect(done.reports).toEqual([]);
    expect(done.stderr.text).toBe('');
  });

  it('writes the report where --out says', async () => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'sim-cli-'));
    const done = await sim([...bank, '--out', 'kept'], { cwd });
    rmSync(cwd, { recursive: true });
    expect(done.reports).toEqual([path.join(cwd, 'kept')]);
  });

  it('writes the report of a sweep for its first failure only', async () => {
    expect((await sim([...bank, '--seeds', '3'])).reports).toHaveLength(0);
    expect((await sim([...bank, '--seeds', '9', '--keep-going'], { answer: failing })).reports).toHaveLength(
      1,
    );
  });

  it('shows the result even where the report cannot be written', async () => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'sim-cli-'));
    writeFileSync(path.join(cwd, 'file'), '');
    const { mkdir } = await import('node:fs/promises');
    const writeReport = async (_result: unknown, directory: string) => {
      await mkdir(path.join(directory, 'run'), { recursive: true });
      return { page: directory };
    };
    const done = await sim([...bank, '--out', 'file'], { cwd, useCases: { writeReport } });
    rmSync(cwd, { recursive: true });
    expect(done.code).toBe(70);
    expect(done.stdout.text).toContain('run 0 satisfied');
    expect(done.stderr.text).toMatch(/^sim: cannot write the report to "file": [^\n]+\n$/);
  });
});

describe('colours', () => {
  const colorOf = async (argv: string[], isTTY: boolean, env: Record<string, string> = {}) => {
    let color: boolean | undefined;
    const formatRun = (_result: unknown, style: { color: boolean }) => {
      color = style.color;
      return Promise.resolve('');
    };
    await sim([...bank, ...argv], { env, stdout: new Memory(isTTY), useCases: { formatRun } });
    return color;
  };

  it('are for terminals', async () => {
    expect(await colorOf([], true)).toBe(true);
    expect(await colorOf([], false)).toBe(false);
  });

  it('can be asked for and refused', async () => {
    expect(await colorOf(['--color'], false)).toBe(true);
    expect(await colorOf(['--no-color'], true)).toBe(false);
    expect(await colorOf([], true, { NO_COLOR: '1' })).toBe(false);
    expect(await colorOf([], true, { NO_COLOR: '' })).toBe(true);
    expect(await colorOf(['--color'], true, { NO_COLOR: '1' })).toBe(true);
  });
});
