/** The page of a trend in a real Chromium. Needs the built application; skips without Chromium. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, type Page } from '../../bench/browser/chromium.js';
import { readPageApp } from '../../sim/report/page/read-app.js';
import type { Trend } from '../../sim/report/page/trend-data.js';
import { formatTrendPage } from '../../sim/report/page/trend-page.js';
import { built, click, reportsInChromium, textOf } from './reports-in-chromium.js';

const commit = (at: number, name = `c${at}000000`) => ({
  ...{
    commit: name,
    startedAt: `1970-01-0${at % 10}T00:00:00.000Z`,
    seedsRun: 1000,
    seedsFailed: 3,
    kinds: 1,
    seedsLost: 0,
    partsMissing: 0,
  },
});

const trend: Trend = {
  commits: [commit(1), commit(2), commit(3)],
  failures: [
    {
      ...{
        scenario: 'bank',
        signature: 'check sum-conserved',
        verdict: 'violated',
        state: 'new',
        seedsSince: 0,
      },
      shares: [{ seeds: 0, of: 1000 }, null, { seeds: 3, of: 1000 }],
      ...{ message: 'the sum is 475', replay: 'sim --seed 7 --scenario bank' },
    },
    {
      ...{ scenario: 'queue', signature: 'check fifo', verdict: 'violated', state: 'gone', seedsSince: 2000 },
      shares: [
        { seeds: 200, of: 1000 },
        { seeds: 0, of: 1000 },
        { seeds: 0, of: 1000 },
      ],
      ...{ message: 'out of order', replay: 'sim --seed 8 --scenario queue' },
    },
  ],
  marks: [
    {
      ...{ scenario: 'bank', mark: 'a conflict', isLost: true },
      shares: [{ seeds: 9, of: 1000 }, null, { seeds: 0, of: 1000 }],
    },
  ],
};

const binary = findChromium();

describe.skipIf(binary === undefined)('the page of a trend in Chromium', () => {
  const reports = reportsInChromium(binary, { width: 1400, height: 1000 });
  let directory = '';
  beforeAll(async () => void (directory = await mkdtemp(path.join(tmpdir(), 'etcd-sim-trend-page-'))));
  afterAll(() => rm(directory, { recursive: true, force: true }));

  async function show(shown: Trend, width = 1400): Promise<Page> {
    const file = path.join(directory, 'index.html');
    await writeFile(file, formatTrendPage(shown, '0.1.0', await readPageApp()));
    const page = await reports.browser.newPage({ width, height: 900 });
    await page.open(pathToFileURL(file).href);
    await built(page);
    return page;
  }

  const rowsOf = (page: Page, selector: string) =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll('${selector} tr')].map((row) => [...row.children].map((cell) => cell.textContent).join('|'))`,
    );

  it('has each failure with its counts, the newest commit first', async () => {
    const page = await show(trend);
    expect(await textOf(page, '.sentence')).toBe('The newest sweeps have 1 kind of failure, 1 new.');
    expect(await rowsOf(page, '.section-failures')).toEqual([
      '|c300000|c200000|c100000',
      'new bank · check sum-conserved|3|–|0',
    ]);
    expect(await rowsOf(page, '.section-not-in-the-newest-sweeps')).toEqual([
      '|c300000|c200000|c100000',
      'gone queue · check fifo|0|0|200',
    ]);
    await click(page, '.section-not-in-the-newest-sweeps summary');
    expect(await textOf(page, '.section-not-in-the-newest-sweeps .kind')).toContain(
      'none of the 2,000 seeds',
    );
    expect(await page.evaluate(`document.querySelector('.section-failures .kind').open`)).toBe(true);
    expect(await textOf(page, '.section-marks')).toMatch(/No longer reached[^]*bank · a conflict/);
    expect(page.complaints).toEqual([]);
  });

  it('shows markup as text, and never scrolls the page sideways', async () => {
    const evil = '</script><img src=x onerror=globalThis.pwned=1>\u202e'.repeat(2);
    const commits = Array.from({ length: 40 }, (_, at) => commit(at, `${evil}${at}`));
    const shares = commits.map(() => ({ seeds: 1, of: 2 }));
    const page = await show(
      {
        commits,
        failures: trend.failures.map((failure) => ({
          ...{ ...failure, shares, scenario: evil, signature: evil, message: evil, replay: evil },
        })),
        marks: trend.marks.map((mark) => ({ ...mark, shares, scenario: evil, mark: evil })),
      },
      360,
    );
    for (const selector of ['.section-failures', '.section-not-in-the-newest-sweeps', '.section-marks']) {
      expect(await textOf(page, selector)).toContain(
        '</script><img src=x onerror=globalThis.pwned=1>\\u202e',
      );
    }
    expect(await textOf(page, '.section-commits')).toContain('without 10 older commits');
    expect(await page.evaluate('typeof globalThis.pwned')).toBe('undefined');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(page.complaints).toEqual([]);
  });
});
