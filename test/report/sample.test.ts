/** The sample report is the page of its repro in this version; `npm run sample` renews it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Repro } from '../../sim/repro/repro.js';
import { writeReport } from '../../sim/report/write.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { root } from '../architecture/sources.js';

let page: string;
let run: RunResult;
let scratch: string;

beforeAll(async () => {
  page = await readFile(path.join(root, 'reports/sample/index.html'), 'utf8');
  run = JSON.parse(/id="run">([^<]*)</.exec(page)?.[1] ?? '') as RunResult;
  scratch = await mkdtemp(path.join(tmpdir(), 'etcd-sim-sample-'));
});
afterAll(() => rm(scratch, { recursive: true }));

it('shows the run of the repro that it names', async () => {
  const [file = ''] = /docs\/\S+\.json/.exec(run.replay) ?? [];
  const repro = JSON.parse(await readFile(path.join(root, file), 'utf8')) as Repro;
  expect(run.trace?.hash).toBe(repro.trace.hash);
  expect(run.explanation?.decisive).toBeDefined();
});

it('equals the built page', async () => {
  const written = await writeReport(run, scratch, DEFAULT_BUDGET);
  expect(page === (await readFile(written.page, 'utf8')), 'npm run sample makes it anew').toBe(true);
});
