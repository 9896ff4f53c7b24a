/** The page that a sweep of the command keeps. Needs the built application: `npm run build`. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SweepPage } from '../../sim/report/page/sweep-data.js';
import { root } from '../architecture/sources.js';
import { simInProcess } from '../cli/in-process.js';

let directory = '';
beforeEach(async () => void (directory = await mkdtemp(path.join(tmpdir(), 'etcd-sim-sweep-'))));
afterEach(() => rm(directory, { recursive: true, force: true }));

const pageIn = async (file: string): Promise<SweepPage> => {
  const html = await readFile(path.join(directory, file), 'utf8');
  const [, json = ''] = /<script type="application\/json" id="data">([^<]*)</.exec(html) ?? [];
  return JSON.parse(json) as SweepPage;
};

it('lies in the folder of the sweep, and where you ask a reporter to write it', async () => {
  const words = ['--seeds', '3', '--scenario', 'register', '--faults', 'none', '--workers', '1'];
  const { code } = await simInProcess(
    [...words, '--out', directory, '--reporter', `html:${path.join(directory, 'mine.html')}`],
    root,
  );
  expect(code).toBe(0);
  const folder = (await readdir(directory)).find((name) => name.startsWith('register-seeds'));
  for (const file of [path.join(folder ?? '', 'index.html'), 'mine.html']) {
    const { kind, scenarios } = await pageIn(file);
    expect(kind).toBe('sweep');
    expect(scenarios).toHaveLength(1);
    const [swept] = scenarios;
    expect(swept).toMatchObject({
      scenario: 'register',
      verdict: 'satisfied',
      seedsRun: 3,
      satisfied: 3,
      failures: [],
    });
    expect(swept?.distributions.find(({ name }) => name === 'operations')?.values).toHaveLength(3);
    expect(swept?.marks.length).toBeGreaterThan(2);
  }
});
