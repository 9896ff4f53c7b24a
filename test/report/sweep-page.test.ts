/** The page of a sweep before any browser sees it. */
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadOf } from '../../reports/app/sweep/spread.js';
import { ENTRY } from '../../sim/report/html.js';
import { formatSweepPage } from '../../sim/report/page/sweep-page.js';
import type { SweepPage, SweptScenario } from '../../sim/report/page/sweep-data.js';
import { swept } from './swept-fixture.js';

const app = { modules: { [ENTRY]: '' }, style: '' };

function dataOf(scenarios: readonly SweptScenario[]): SweepPage {
  const html = formatSweepPage(scenarios, '0.1.0', app);
  const [, type = '', text = ''] = /application\/(json|gzip)" id="data">([^<]*)</.exec(html) ?? [];
  const json = type === 'json' ? text : gunzipSync(Buffer.from(text, 'base64')).toString('utf8');
  return JSON.parse(json) as SweepPage;
}

describe('the page of a sweep', () => {
  it('has the sweep, and the worst verdict in its title', () => {
    expect(dataOf([swept])).toEqual({ kind: 'sweep', version: '0.1.0', scenarios: [swept] });
    const satisfied = { ...swept, scenario: 'mutex', verdict: 'satisfied' as const, failures: [] };
    const html = formatSweepPage([satisfied, swept], '0.1.0', app);
    expect(html).toContain('<title>mutex, bank · 1996 seeds · violated</title>');
  });

  it('does not grow with the number of seeds', () => {
    const many = Array.from({ length: 300_000 }, (_, at) => at % 1000);
    const [failure] = swept.failures;
    if (failure === undefined) throw new Error('the fixture has no failure');
    const large = {
      ...swept,
      failures: [{ ...failure, seedCount: many.length, seeds: many, replays: many.map(String) }],
      distributions: [{ name: 'operations', values: many }],
    };
    expect(formatSweepPage([large], '0.1.0', app).length).toBeLessThan(400_000);
    const [page] = dataOf([large]).scenarios;
    expect(page?.failures[0]?.seedCount).toBe(300_000);
    const values = page?.distributions[0]?.values ?? [];
    expect([values[0], values.at(-1)]).toEqual([0, 999]);
  });
});

describe('the spread of values', () => {
  it('counts each value once, between the least and the most', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1e9 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 30 }),
        (values, partCount) => {
          const spread = spreadOf(values, partCount);
          const sorted = [...values].sort((one, other) => one - other);
          expect(spread?.least).toBe(sorted[0]);
          expect(spread?.most).toBe(sorted.at(-1));
          expect(sorted).toContain(spread?.median);
          expect(spread?.parts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
          expect(spread?.parts.length).toBeLessThanOrEqual(partCount);
        },
      ),
    );
  });

  it('has a part for each of a few whole numbers, and none without values', () => {
    expect(spreadOf([1, 1, 2, 4], 24)?.parts).toEqual([2, 1, 0, 1]);
    expect(spreadOf([], 24)).toBeUndefined();
  });
});
