/**
 * The costs of a run have not grown since the tables of docs/benchmarks.md. The work of a run is the same on every
 * machine. The ratio compares two loads in turn, in CPU time, with a wide margin: the one place where a test measures
 * speed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { sectionOf } from '../../bench/page.js';
import type { Ratio } from '../../bench/ratio.js';
import { workOf } from '../../bench/work.js';
import { scenarios } from '../../scenarios/index.js';
import { root } from '../architecture/sources.js';

const WORK_MARGIN = 0.03;
const RATE_MARGIN = 0.5;

const page = readFileSync(path.join(root, 'docs/benchmarks.md'), 'utf8');

/** The cells of the row that begins with the text. */
function rowOf(section: Parameters<typeof sectionOf>[1], begin: string): number[] {
  const rows = sectionOf(page, section).split('\n');
  const row = rows.find((line) => line.startsWith(`| ${begin}`)) ?? '';
  return row
    .split('|')
    .slice(2)
    .map((cell) => Number.parseFloat(cell));
}

it.each(scenarios.map((scenario) => ({ name: scenario.name, scenario })))(
  'the work of $name is that of the table',
  async ({ name, scenario }) => {
    const { operations, events, messages } = await workOf(scenario);
    const [ofTable = 0, eventsEach = 0, messagesEach = 0] = rowOf('bench work', `${name} `);
    const made = `npm run bench -- work --write renews the table`;
    expect(operations, made).toBe(ofTable);
    expect(Math.abs(events / operations / eventsEach - 1), made).toBeLessThan(WORK_MARGIN);
    expect(Math.abs(messages / operations / messagesEach - 1), made).toBeLessThan(WORK_MARGIN);
  },
);

it('the simulation carries as many calls a second, compared with an instant channel, as in the table', () => {
  const [ratio = 0] = rowOf(
    'bench call-rate',
    'calls per second of CPU, simulated / instant channel, stacks on',
  );
  expect(ratio).toBeGreaterThan(0);
  // In a process of its own: this one makes stacks dear.
  const measure = `
    import { callRateWith } from ${JSON.stringify(pathToFileURL(path.join(root, 'dist/bench/call-rate.js')))};
    console.log(JSON.stringify(await callRateWith(true, { callsPerNode: 1000, pairs: 5 })));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', measure], { encoding: 'utf8' });
  const { median } = JSON.parse(output) as Ratio;
  expect(median).toBeGreaterThan(ratio * RATE_MARGIN);
});
