/** Reports in a real Chromium, while the tests of a `describe` run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { writeReport } from '../../sim/report/write.js';
import { DEFAULT_BUDGET } from '../../sim/run/budget.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { Browser, type Page } from '../../bench/browser/chromium.js';
import { eventually } from '../eventually.js';

export interface ReportsInChromium {
  /** Known once tests run. */
  readonly browser: Browser;
  /** Writes the report. @returns the file of its page */
  write(result: RunResult, shrunk?: RunResult): Promise<string>;
  /** The page of the report, loaded. */
  show(result: RunResult, how?: HowToShow): Promise<Page>;
}

export interface HowToShow {
  /** Changes the page before it loads. */
  prepare?(page: Page): Promise<unknown>;
  /** The part of the address after the `#`. */
  readonly hash?: string;
  /** The run that shrinking made of it. */
  readonly shrunk?: RunResult;
}

/** Starts the browser before the tests and ends it after them. */
export function reportsInChromium(
  binary: string | undefined,
  size: { readonly width: number; readonly height: number },
): ReportsInChromium {
  let browser: Browser | undefined;
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'etcd-sim-page-'));
    browser = await Browser.launch(binary ?? '');
  });
  afterAll(async () => {
    await browser?.close();
    await rm(directory, { recursive: true, force: true });
  });
  const reports: ReportsInChromium = {
    get browser() {
      if (browser === undefined) throw new Error('expected a test that runs: there is no browser yet');
      return browser;
    },
    async write(result, shrunk) {
      const replayOf = (file: string) => `sim replay ${file}`;
      const small = shrunk === undefined ? undefined : { result: shrunk, replayOf };
      return (await writeReport(result, directory, DEFAULT_BUDGET, small)).page;
    },
    async show(result, { prepare, hash = '', shrunk } = {}) {
      const page = await reports.browser.newPage(size);
      await prepare?.(page);
      const address = pathToFileURL(await reports.write(result, shrunk)).href;
      await page.open(hash === '' ? address : `${address}#${hash}`);
      await built(page);
      return page;
    },
  };
  return reports;
}

/** Waits until a page has read its data, which takes more than one turn. */
export async function built(page: Page): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    const look = () => (document.querySelector('main[data-built]') === null ? requestAnimationFrame(look) : done(0));
    look();
  })`);
  await page.nextFrame();
}

export function textOf(page: Page, selector: string): Promise<string> {
  return page.evaluate<string>(
    `document.querySelector(${JSON.stringify(selector)})?.innerText ?? 'nothing there'`,
  );
}

export async function click(page: Page, selector: string): Promise<void> {
  await page.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
  await page.nextFrame();
}

/** The part of the address after the `#`, once it has followed the page. */
export async function settledHash(page: Page): Promise<string> {
  // What a key or a click has changed is drawn by then.
  await page.nextFrame();
  await eventually('the address has followed the page', async () => {
    const isLate = await page.evaluate<boolean>(`document.querySelector('main[data-address]') !== null`);
    return isLate ? undefined : true;
  });
  return page.evaluate<string>('location.hash.slice(1)');
}
