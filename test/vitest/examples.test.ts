/**
 * The services of docs/examples, with their tests unchanged: each is red with the naive service and green
 * with the correct one. `npm run examples` runs the correct ones for 500 seeds.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVitest, type VitestRun } from './run-vitest.js';

const root = path.resolve(import.meta.dirname, '../..');
const config = path.join(root, 'test/vitest/fixture/examples.config.ts');
const scratch = mkdtempSync(path.join(tmpdir(), 'sim-examples-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The defect of each naive one, as its check or its expect words it. */
const services: Readonly<Record<string, RegExp>> = {
  counter: /fits into no order/,
  bank: /the sum is \d+ at revision \d+: expected 3000/,
  lock: /expected tokens that never decrease/,
  queue: /was taken twice/,
  // Two bugs: it leads without its lease, and waits for its own key if the reply was lost.
  election: /expected one leader at a time|no operation has succeeded/,
  cache: /to deeply equal/,
  cron: /was done twice/,
  registry: /to deeply equal/,
};

const run = (service: 'naive' | 'right', seeds: string): VitestRun =>
  runVitest(scratch, ['--config', config], { SIM_EXAMPLE: service, SIM_SEEDS: seeds });

const ofFolder = ({ tests }: VitestRun, folder: string) =>
  tests.filter(({ file }) => path.basename(path.dirname(file)) === folder);

const wrongLine = (folder: string): RegExp => services[folder] ?? /^$/;

describe.each(Object.keys(services))('docs/examples/%s', (folder) => {
  it('has a test of at most 25 lines', () => {
    const file = path.join(root, 'docs/examples', folder, `${folder}.test.ts`);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(25);
  });
});

describe('the naive services', () => {
  let done: VitestRun;
  beforeAll(() => {
    done = run('naive', '200');
  });

  it.each(Object.keys(services))('%s: its bug is found within 200 seeds', (folder) => {
    const [test] = ofFolder(done, folder);
    // Lines are wrapped at the width of a terminal.
    const story = test?.failureMessages.join().replace(/\s+/g, ' ');
    expect(story).toMatch(/: violated after \d+ of 200 seeds, seed \d+/);
    expect(story).toMatch(wrongLine(folder));
  });
});

describe('the correct services', () => {
  let done: VitestRun;
  beforeAll(() => {
    done = run('right', process.env['SIM_EXAMPLE_SEEDS'] ?? '20');
  });

  it.each(Object.keys(services))('%s: holds', (folder) => {
    const shown = ofFolder(done, folder).map(({ status, failureMessages }) => [status, ...failureMessages]);
    expect(shown).toEqual([['passed']]);
  });
});

it('every folder with a naive.ts is among them', () => {
  const folders = readdirSync(path.join(root, 'docs/examples'));
  const those = folders.filter((folder) =>
    readdirSync(path.join(root, 'docs/examples', folder)).includes('naive.ts'),
  );
  expect(those.sort()).toEqual(Object.keys(services).sort());
});
