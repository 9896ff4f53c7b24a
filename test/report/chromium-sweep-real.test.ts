/** The page of a sweep in a real Chromium. Needs the built application; skips without Chromium, as the page's tests do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, type Page } from '../../bench/browser/chromium.js';
import { readPageApp } from '../../sim/report/page/read-app.js';
import type { SweptScenario } from '../../sim/report/page/sweep-data.js';
import { formatSweepPage } from '../../sim/report/page/sweep-page.js';
import { built, click, reportsInChromium, textOf } from './reports-in-chromium.js';
import { swept } from './swept-fixture.js';

const binary = findChromium();

describe.skipIf(binary === undefined)('the page of a sweep in Chromium', () => {
  const reports = reportsInChromium(binary, { width: 1400, height: 1000 });
  let directory = '';
  beforeAll(async () => void (directory = await mkdtemp(path.join(tmpdir(), 'etcd-sim-sweep-page-'))));
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function show(scenarios: readonly SweptScenario[], width = 1400): Promise<Page> {
    const file = path.join(directory, 'index.html');
    await writeFile(file, formatSweepPage(scenarios, '0.1.0', await readPageApp()));
    const page = await reports.browser.newPage({ width, height: 900 });
    await page.open(pathToFileURL(file).href);
    await built(page);
    return page;
  }

  it('says in one sentence how many seeds failed, in how many ways', async () => {
    const page = await show([swept]);
    expect(await textOf(page, '.sentence')).toBe('15 of 998 seeds fail, in 2 different ways.');
    expect(await textOf(page, '.facts')).toContain('50 seeds per second');
    expect(page.complaints).toEqual([]);
    const green = { ...swept, verdict: 'satisfied' as const, failures: [], satisfied: 998 };
    expect(await textOf(await show([green]), '.sentence')).toBe('All 998 seeds hold.');
  });

  it('has a box for each kind of failure, the smallest repro first, then the seeds', async () => {
    const page = await show([swept]);
    const text = await textOf(page, '.kind');
    expect(text).toMatch(
      /check sum-conserved[^]*14 seeds[^]*475[^]*2 operations of 2 nodes[^]*sim replay reports\/bank-seed-3\/repro\.shrunk\.json[^]*Seeds 3, 9, 27/,
    );
    expect(await page.evaluate(`document.querySelector('.kind a').getAttribute('href')`)).toBe(
      'bank-seed-3/index.html',
    );
    expect(await page.evaluate(`document.querySelectorAll('.kind').length`)).toBe(2);
  });

  it('folds what holds into one line, which opens to pictures with words', async () => {
    const page = await show([swept]);
    expect(await textOf(page, '.held summary')).toBe(
      '980 seeds hold · operations 10 to 99 (median 54) · faults 0 to 6 (median 3) · marks reached 5 · 50 seeds per second',
    );
    expect(await page.evaluate(`document.querySelector('.held').open`)).toBe(false);
    await click(page, '.held summary');
    const names = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.bars')].map((one) => one.getAttribute('aria-label'))`,
    );
    expect(names).toEqual([
      'operations: 10 to 99, median 54',
      'faults: 0 to 6, median 3',
      'marks reached: 5 to 5, median 5',
    ]);
  });

  it('lists the marks that were never reached, and the seeds about which it knows nothing', async () => {
    const page = await show([swept]);
    expect(await textOf(page, '.never-reached')).toBe('quorum-loss hits, possible in 120 seeds');
    expect(await textOf(page, '.section-marks')).toContain('Rarely: an operation is indefinite.');
    expect(await textOf(page, '.section-not-known')).toMatch(/3 seeds[^]*Seed 17 is lost/);
  });

  it('shows markup as text, and never scrolls sideways', async () => {
    const evil = '</script><img src=x onerror=globalThis.pwned=1>\u202e'.repeat(3);
    const [failure] = swept.failures;
    if (failure === undefined) throw new Error('the fixture has no failure');
    const hostile: SweptScenario = {
      ...swept,
      scenario: evil,
      failures: [
        {
          ...failure,
          signature: evil,
          message: evil,
          replays: [evil],
          smallest: { size: evil, replay: evil },
        },
      ],
      distributions: [{ name: evil, values: [1, 2] }],
      marks: [{ mark: evil, reached: 0, possible: 1 }],
      lost: [{ seed: 1, how: evil }],
    };
    const page = await show([hostile, swept], 360);
    for (const selector of ['h2.scenario-name', '.kind', '.held', '.never-reached', '.section-not-known']) {
      expect(await textOf(page, selector), selector).toContain(
        '</script><img src=x onerror=globalThis.pwned=1>\\u202e',
      );
    }
    expect(await page.evaluate('typeof globalThis.pwned')).toBe('undefined');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(page.complaints).toEqual([]);
  });
});
