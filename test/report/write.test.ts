/** The files of a report. Needs the built application: `npm run build`. */
import { existsSync } from 'node:fs';
import {
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Repro } from '../../sim/repro/repro.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { runName } from '../../sim/report/run-name.js';
import { writeReport } from '../../sim/report/write.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import { buildRun } from './fixture.js';

let directory: string;

beforeEach(async () => {
  directory = path.join(await mkdtemp(path.join(tmpdir(), 'etcd-sim-report-')), 'reports');
});

afterEach(async () => {
  await rm(path.dirname(directory), { recursive: true, force: true });
});

const at = (...parts: string[]) => path.join(directory, ...parts);
const seedOf = async (...parts: string[]) =>
  (JSON.parse(await readFile(at(...parts), 'utf8')) as RunResult).plan.seed;

describe('writing a report', () => {
  it('makes the folder and puts a page and JSON into it', async () => {
    const { page } = await writeReport(buildRun(), directory, DEFAULT_BUDGET);
    expect(page).toBe(at('bank-seed-42', 'index.html'));
    expect(await readFile(page, 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\n$/);
    expect(await readFile(at('bank-seed-42', 'run.json'), 'utf8')).toMatch(/^\{.*\}\n$/);
  });

  it('keeps the repro of a failure beside it, and none of a satisfied run', async () => {
    const failed = await writeReport(buildRun({ violated: true }), directory, DEFAULT_BUDGET);
    const repro = JSON.parse(await readFile(failed.repro ?? '', 'utf8')) as Repro;
    expect(repro).toMatchObject({
      format: 1,
      verdict: 'violated',
      plan: { seed: 42 },
      budget: DEFAULT_BUDGET,
    });
    expect((await writeReport(buildRun({ seed: 1 }), directory, DEFAULT_BUDGET)).repro).toBeUndefined();
  });

  it('points latest at the newest run', async () => {
    await writeReport(buildRun({ seed: 1 }), directory, DEFAULT_BUDGET);
    await writeReport(buildRun({ seed: 2 }), directory, DEFAULT_BUDGET);
    expect(await readlink(at('latest'))).toBe('bank-seed-2');
    expect(await seedOf('latest', 'run.json')).toBe(2);
    expect(await seedOf('bank-seed-1', 'run.json')).toBe(1);
  });

  it('replaces files of the same run by new ones, so that a reader with an open file keeps it complete', async () => {
    const { page } = await writeReport(buildRun(), directory, DEFAULT_BUDGET);
    const before = await stat(page);
    await writeReport(buildRun({ violated: true }), directory, DEFAULT_BUDGET);
    expect((await stat(page)).ino).not.toBe(before.ino);
    expect(await readFile(page, 'utf8')).toContain('violated');
  });

  it('leaves all other files alone', async () => {
    await mkdir(at('bank-seed-42'), { recursive: true });
    await writeFile(at('bank-seed-42', 'notes.txt'), 'mine');
    await writeFile(at('other.txt'), 'mine');
    await writeReport(buildRun(), directory, DEFAULT_BUDGET);
    expect(await readFile(at('bank-seed-42', 'notes.txt'), 'utf8')).toBe('mine');
    expect((await readdir(directory)).sort()).toEqual(['bank-seed-42', 'latest', 'other.txt']);
    expect((await readdir(at('bank-seed-42'))).sort()).toEqual(['index.html', 'notes.txt', 'run.json']);
  });

  it('writes copies where latest is a folder', async () => {
    await mkdir(at('latest'), { recursive: true });
    await writeReport(buildRun({ seed: 5 }), directory, DEFAULT_BUDGET);
    expect((await lstat(at('latest'))).isDirectory()).toBe(true);
    expect(await seedOf('latest', 'run.json')).toBe(5);
  });

  it('replaces a link that points nowhere', async () => {
    await mkdir(directory, { recursive: true });
    await symlink('gone', at('latest'));
    await writeReport(buildRun(), directory, DEFAULT_BUDGET);
    expect(await readlink(at('latest'))).toBe('bank-seed-42');
    expect(existsSync(at('gone'))).toBe(false);
  });

  it('lets several runs be written at once', async () => {
    const seeds = [1, 2, 3, 4, 5, 6];
    await Promise.all(
      [...seeds, ...seeds].map((seed) => writeReport(buildRun({ seed }), directory, DEFAULT_BUDGET)),
    );
    for (const seed of seeds) expect(await seedOf(`bank-seed-${seed}`, 'run.json')).toBe(seed);
    expect(await readdir(directory)).toHaveLength(seeds.length + 1);
  });

  it('leaves no half-written file when it fails, and names the failed call', async () => {
    await mkdir(at('bank-seed-42', 'index.html'), { recursive: true });
    await expect(writeReport(buildRun(), directory, DEFAULT_BUDGET)).rejects.toMatchObject({
      syscall: 'rename',
    });
    expect((await readdir(at('bank-seed-42'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('the name of a run', () => {
  const named = (replay: string, scenario = 'bank') => {
    const base = buildRun();
    return runName({ ...base, plan: { ...base.plan, scenario }, replay });
  };

  it('is scenario and seed, and the rest of the replay command', () => {
    expect(named('sim --seed 42 --scenario bank')).toBe('bank-seed-42');
    expect(named('sim --seed 42 --scenario bank --set variant=txn --faults none')).toBe(
      'bank-seed-42-set-variant-txn-faults-none',
    );
  });

  it('is one plain path segment for any command', () => {
    const name = named("sim --seed 42 --scenario x --config '../../etc/..' --endpoints http://h:1", '../..');
    expect(name).toMatch(/^[A-Za-z0-9][A-Za-z0-9.-]*$/);
    expect(name).not.toContain('..');
  });

  it('differs for two long commands that begin alike', () => {
    const long = `sim --seed 42 --scenario bank --endpoints ${'http://host:2379,'.repeat(20)}`;
    const names = [named(`${long}a`), named(`${long}b`)];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(96);
  });
});
