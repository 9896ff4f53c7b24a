/** The sample report is the page of its repro in this version; `npm run sample` renews it. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Repro } from '../../sim/repro/repro.js';
import { formatHtml } from '../../sim/report/html.js';
import type { PageRun } from '../../sim/report/page/page-data.js';
import { readPageApp } from '../../sim/report/page/read-app.js';
import { root } from '../architecture/sources.js';
import { dataOf } from './page-fixture.js';

let page: string;
let run: PageRun;

beforeAll(async () => {
  page = await readFile(path.join(root, 'reports/sample/index.html'), 'utf8');
  run = dataOf(page).run;
});

it('shows the run of the repro that it names, recorded and explained', async () => {
  const [file = ''] = /docs\/\S+\.json/.exec(run.result.replay) ?? [];
  const repro = JSON.parse(await readFile(path.join(root, file), 'utf8')) as Repro;
  expect(run.result.trace?.hash).toBe(repro.trace.hash);
  expect(run.result.explanation?.decisive).toBeDefined();
  expect(run.recording?.messages.call.length).toBeGreaterThan(10);
});

it('holds the application as built', async () => {
  const [script = ''] = /<script>[^]*<\/script>/.exec(page) ?? [];
  const [style = ''] = /<style>[^]*<\/style>/.exec(page) ?? [];
  const app = await readPageApp();
  const built = formatHtml({ title: '', verdict: 'violated', data: {} }, app);
  expect(built.includes(script), 'npm run sample makes it anew').toBe(true);
  expect(built.includes(style), 'npm run sample makes it anew').toBe(true);
});
