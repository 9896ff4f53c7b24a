/**
 * `npm run bench:report`: how large the page of a long run is, and how fast a real Chromium opens it and steps through
 * it. Needs Chromium on the PATH, or named by `CHROMIUM_BIN`. It prints figures and what was wanted, and ends with 1 where
 * a figure is worse; no test runs it, since a slow machine has no mistake.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { scenarios } from '../../scenarios/index.js';
import { createSimulatedBackend } from '../../sim/backend/simulated.js';
import { drawPlan } from '../../sim/explore/draw-plan.js';
import { runPlan } from '../../sim/harness/run-plan.js';
import { writeReport } from '../../sim/report/write.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { defaultOptions } from '../../sim/scenario/parse-options.js';
import { Browser, findChromium, type Page } from '../browser/chromium.js';

/** The ten workers of the bank have about eight events for each transfer. */
const TRANSFERS_PER_WORKER = 1250;
const STEPS = 40;
const OPENINGS = 5;

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it should be below; absent if it only informs. */
  readonly below?: number;
}

const binary = findChromium();
if (binary === undefined) throw new Error('expected Chromium on the PATH or in CHROMIUM_BIN, found none');
const scratch = mkdtempSync(path.join(tmpdir(), 'etcd-sim-bench-report-'));
const browser = await Browser.launch(binary);
try {
  const result = await longRun();
  const startedMs = performance.now();
  const { page: file } = await writeReport(result, scratch, DEFAULT_BUDGET);
  const writtenMs = performance.now() - startedMs;
  const address = pathToFileURL(file).href;
  const openings = [];
  for (let opening = 0; opening < OPENINGS; opening++) openings.push(await open(address));
  const page = openings.at(-1)?.page;
  if (page === undefined) throw new Error('expected a page');
  const steps = await stepTimes(page);
  const figures: readonly Figure[] = [
    { name: 'events of the run', value: result.trace?.events ?? 0, unit: '' },
    { name: 'messages on the page', value: result.recording?.messages.call.length ?? 0, unit: '' },
    { name: 'operations', value: result.operations.length, unit: '' },
    { name: 'size of the page', value: statSync(file).size / 1e6, unit: 'MB', below: 5 },
    { name: 'writing the report', value: writtenMs, unit: 'ms' },
    {
      name: 'first paint, median',
      value: median(openings.map(({ paintMs }) => paintMs)),
      unit: 'ms',
      below: 1000,
    },
    {
      name: 'diagram drawn, median',
      value: median(openings.map(({ drawnMs }) => drawnMs)),
      unit: 'ms',
      below: 2000,
    },
    { name: 'a step, median', value: median(steps), unit: 'ms', below: 50 },
    { name: 'a step, slowest of 40', value: Math.max(...steps), unit: 'ms' },
  ];
  for (const figure of figures) console.log(lineOf(figure));
  process.exitCode = figures.some(({ value, below = Infinity }) => value >= below) ? 1 : 0;
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true });
}

/** A bank with faults, long enough for about a hundred thousand events. */
async function longRun(): Promise<RunResult> {
  const scenario = scenarios.find(({ name }) => name === 'bank');
  if (scenario === undefined) throw new Error('there is no scenario bank');
  const options = { ...defaultOptions(scenario.options), transfers: TRANSFERS_PER_WORKER };
  const plan = drawPlan({ scenario, seed: 42, options, faults: { kind: 'swarm' }, members: 3 });
  return runPlan({
    ...{ scenario, plan, backend: createSimulatedBackend(), budget: DEFAULT_BUDGET, stacks: false },
    ...{ replay: 'sim --seed 42 --scenario bank', signal: new AbortController().signal },
    ...{ recordCalls: true, recordRun: true },
  });
}

/** A new tab, until its diagram is drawn. */
async function open(address: string): Promise<{ page: Page; paintMs: number; drawnMs: number }> {
  const page = await browser.newPage({ width: 1400, height: 900 });
  await page.open(address);
  const drawnMs = await page.evaluate<number>(`new Promise((done) => {
    const look = () => (document.querySelector('.plot canvas')?.width > 0 ? done(performance.now()) : requestAnimationFrame(look));
    look();
  })`);
  await page.nextFrame();
  const paintMs = await page.evaluate<number>(
    `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN`,
  );
  return { page, paintMs, drawnMs };
}

/** From each press of an arrow key to the end of the frame that shows its effect. */
function stepTimes(page: Page): Promise<number[]> {
  return page.evaluate<number[]>(`(async () => {
    const plot = document.querySelector('.plot');
    plot.focus();
    const times = [];
    for (let step = 0; step < ${STEPS}; step++) {
      const from = performance.now();
      plot.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
      const handled = performance.now();
      const drawn = await new Promise((done) =>
        requestAnimationFrame((at) => {
          const began = performance.now();
          setTimeout(() => done(performance.now() - began));
        }),
      );
      times.push(handled - from + drawn);
    }
    return times;
  })()`);
}

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor((values.length - 1) / 2)] ?? NaN;
}

function lineOf({ name, value, unit, below }: Figure): string {
  const digits = unit === 'MB' ? 2 : 0;
  const wanted = below === undefined ? '' : `   (wanted: below ${below} ${unit})`;
  return `${name.padEnd(24)} ${value.toFixed(digits).padStart(10)} ${unit}${wanted}`;
}
