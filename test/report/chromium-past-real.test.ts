/**
 * What led to a violation, on the diagram in a real Chromium: first alone, then among everything. Needs the built
 * application (`npm run build`). Without Chromium these tests skip, like those of the whole page, which say so.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { findChromium, type Page } from '../../bench/browser/chromium.js';
import { pastOf } from '../../reports/app/data/past.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { shownRun } from './page-fixture.js';
import { recordedRun } from './recorded-run.js';
import { built, click, reportsInChromium, textOf, settledHash } from './reports-in-chromium.js';

const binary = findChromium();

describe.skipIf(binary === undefined)('what led to a violation, in Chromium', () => {
  const { show } = reportsInChromium(binary, { width: 1400, height: 1000 });
  let run: RunResult;
  let led: number;
  let all: number;
  beforeAll(async () => {
    const recorded = await recordedRun({ scenario: 'mutex', options: { users: 3, rounds: 2 } });
    run = {
      ...recorded,
      verdict: 'violated',
      checks: [
        {
          ...{ check: 'one-holder', description: '', verdict: 'violated', message: 'two hold it' },
          ...{ operations: recorded.operations.slice(0, 2).map(({ id }) => id), revisions: [] },
        },
      ],
    };
    led = pastOf(shownRun(run))?.messages.size ?? 0;
    all = run.recording?.messages.call.length ?? 0;
  });

  /** How many messages the diagram has, as its filters count them. */
  const countOf = (page: Page) =>
    page.evaluate<number>(`[...document.querySelectorAll('.arrow-chip')]
      .map((chip) => Number(chip.textContent.replace(/[^0-9]/g, '')))
      .reduce((sum, count) => sum + count, 0)`);
  const focusPlot = (page: Page) => page.evaluate(`document.querySelector('.plot').focus()`);
  /** Pixels of the messages that stand out. */
  const strong = (page: Page) =>
    page.evaluate<number>(`(() => {
      const wanted = getComputedStyle(document.documentElement).getPropertyValue('--request').trim();
      const canvas = document.querySelector('.plot canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const [r, g, b] = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
      let count = 0;
      for (let at = 0; at < data.length; at += 4)
        if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 24) count++;
      return count;
    })()`);

  it('is all that the diagram has at first, and the button says how much is left out', async () => {
    const page = await show(run);
    expect(led).toBeGreaterThan(0);
    expect(led).toBeLessThan(all / 2);
    expect(await countOf(page)).toBe(led);
    expect(await textOf(page, '.past-control')).toContain(`${all - led} messages`);
    expect(await textOf(page, '.limit')).toContain(String(all));
    expect(page.complaints).toEqual([]);
  });

  it('stands out once everything is shown, in the same span of time', async () => {
    const page = await show(run);
    const [before, span] = [await strong(page), await textOf(page, '.readout')];
    await click(page, '.limit');
    expect(await countOf(page)).toBe(all);
    expect(await textOf(page, '.readout')).toBe(span);
    // More lanes make the arrows a little longer; those of all messages would be many more.
    expect(await strong(page)).toBeGreaterThan(before / 2);
    expect(await strong(page)).toBeLessThan(before * 2);
  });

  it('keeps in the address whether everything is shown', async () => {
    const page = await show(run);
    await click(page, '.limit');
    const hash = await settledHash(page);
    expect(hash).toMatch(/(^|&)show=all(&|$)/);
    const again = await show(run, { hash });
    for (const selector of ['.past-control', '.readout', '.toolbar'])
      expect(await textOf(again, selector), selector).toBe(await textOf(page, selector));
    await click(again, '.limit');
    expect(await settledHash(again)).not.toContain('show=all');
    await again.evaluate(`location.hash = 'show=all'`);
    await again.nextFrame();
    await built(again);
    expect(await countOf(again)).toBe(all);
  });

  it('is alone again after Escape, once nothing is selected', async () => {
    const page = await show(run);
    await focusPlot(page);
    await page.press('a');
    expect(await countOf(page)).toBe(all);
    await page.press('n');
    await page.press('Escape');
    expect(await textOf(page, '.panel')).toBe('');
    expect(await countOf(page)).toBe(all);
    await page.press('Escape');
    expect(await countOf(page)).toBe(led);
    await page.press('Escape');
    expect(await countOf(page)).toBe(led);
    await page.press('a');
    await page.press('a');
    expect(await countOf(page)).toBe(led);
  });

  it('has a button that the keyboard reaches and that keeps the focus', async () => {
    const page = await show(run);
    await page.evaluate(`document.querySelector('.limit').focus()`);
    const enter = { key: 'Enter', windowsVirtualKeyCode: 13 };
    await page.send('Input.dispatchKeyEvent', { type: 'keyDown', ...enter, text: '\r' });
    await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...enter });
    await page.nextFrame();
    expect(await countOf(page)).toBe(all);
    expect(await page.evaluate(`document.activeElement.className`)).toContain('limit');
    await page.press('Escape');
    expect(await countOf(page)).toBe(led);
  });

  it('steps through what is shown alone', async () => {
    const page = await show(run);
    await focusPlot(page);
    await page.press('End');
    const last = await textOf(page, '.moment');
    await page.press('a');
    await page.press('End');
    expect(await textOf(page, '.moment')).not.toBe(last);
  });

  it('has no control if nothing is violated', async () => {
    const page = await show({ ...run, verdict: 'satisfied', checks: [] });
    expect(await textOf(page, '.past-control')).toBe('nothing there');
    expect(await countOf(page)).toBe(all);
    await focusPlot(page);
    await page.press('a');
    expect(await countOf(page)).toBe(all);
    expect(page.complaints).toEqual([]);
  });

  it('fits a narrow screen', async () => {
    const page = await show(run, {
      prepare: (narrow) =>
        narrow.send('Emulation.setDeviceMetricsOverride', {
          ...{ width: 400, height: 800, deviceScaleFactor: 1, mobile: true },
        }),
    });
    const isWithin = `(() => {
      const { left, right } = document.querySelector('.limit').getBoundingClientRect();
      return left >= 0 && right <= 400 && document.documentElement.scrollWidth <= 400;
    })()`;
    expect(await page.evaluate(isWithin)).toBe(true);
    await click(page, '.limit');
    expect(await page.evaluate(isWithin)).toBe(true);
  });
});
