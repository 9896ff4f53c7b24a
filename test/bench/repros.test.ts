/** The repros that the docs keep of every specimen: each replays, and is as small as the page says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sectionOf } from '../../bench/page.js';
import { readRepros, reproTable } from '../../bench/bugs/repro-files.js';
import { runOnce } from '../../bench/bugs/run-seed.js';
import { lowerMedian } from '../../bench/bugs/statistics.js';
import { signaturesOf } from '../../sim/run/signature.js';

const root = path.resolve(import.meta.dirname, '../..');
const repros = readRepros(root);

describe('the repro of', () => {
  it.each(repros.map((one) => [one.scenario.name, one] as const))(
    '%s gives the same trace, and fails in the same way',
    async (_, { repro, scenario }) => {
      const result = await runOnce(scenario, repro.plan);
      expect(result.trace?.hash).toBe(repro.trace.hash);
      expect(signaturesOf(result)[0]).toBe(repro.signature);
      expect(result.verdict).toBe('violated');
    },
  );
});

it('half of them need no more than six operations, and half no more than one fault', () => {
  expect(lowerMedian(repros.map(({ operations }) => operations))).toBeLessThanOrEqual(6);
  expect(lowerMedian(repros.map(({ faults }) => faults))).toBeLessThanOrEqual(1);
});

it('the page lists them unchanged', () => {
  const page = readFileSync(path.join(root, 'docs/track-record.md'), 'utf8');
  expect(sectionOf(page, 'repros')).toBe(reproTable(repros));
});
