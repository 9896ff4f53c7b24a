/**
 * The page of an explained failure in a real Chromium. Needs the built application (`npm run build`). Without
 * Chromium these tests skip, like those of the whole page, which say so.
 */
import { describe, expect, it } from 'vitest';
import { findChromium, type Page } from '../../bench/browser/chromium.js';
import { decisives, explained } from './explanation-fixture.js';
import { buildRun } from './fixture.js';
import { click, reportsInChromium, textOf } from './reports-in-chromium.js';

const binary = findChromium();
const violated = buildRun({ violated: true, faults: true });

describe.skipIf(binary === undefined)('the page of an explained failure in Chromium', () => {
  const reports = reportsInChromium(binary, { width: 1280, height: 1400 });
  const { show } = reports;

  const boxOf = (page: Page, selector: string) =>
    page.evaluate<{ x: number; y: number; width: number; height: number }>(
      `(() => { const { x, y, width, height } = document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect(); return { x, y, width, height } })()`,
    );

  /** A picture as text: equal texts are equal pictures. */
  const pictureOf = (page: Page, selector: string) =>
    page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).toDataURL()`);

  /**
   * Columns of the chart that are dark from top to bottom, except for the gaps of a dashed line, in CSS
   * pixels.
   */
  const dashedColumns = (page: Page, selector: string) =>
    page.evaluate<number[]>(`(() => {
      const ink = getComputedStyle(document.documentElement).getPropertyValue('--ink').trim();
      const [r, g, b] = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
      const canvas = document.querySelector(${JSON.stringify(selector)});
      const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const counts = Array.from({ length: width }, () => 0);
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] === r && data[at + 1] === g && data[at + 2] === b) counts[(at / 4) % width]++;
      }
      return counts.flatMap((count, x) => (count > height / 3 ? [x / devicePixelRatio] : []));
    })()`);

  it('shows the sentence, the moment and how many futures fail before and after it', async () => {
    const page = await show(explained(violated));
    const text = await textOf(page, '.masthead');
    expect(text).toContain('sum-conserved: at revision 10 the balances add up to 475');
    expect(text).toContain(
      'Decided at 9.000 ms by event 212 of 492: a fault begins: m3 killed, back after 1 ms',
    );
    expect(text).toContain('drawn anew before it 2 of 10 fail, after it 10 of 10 fail');
    expect(await textOf(page, '.steps .decisive')).toContain('m3 killed');
    expect(page.complaints).toEqual([]);
  });

  it('draws the chart in the view of the diagram, with the moment on one line through both', async () => {
    const page = await show(explained(violated), { hash: 't=1' });
    const [chart, plot] = [await boxOf(page, '.futures canvas'), await boxOf(page, '.plot')];
    expect([chart.x, chart.width]).toEqual([plot.x, plot.width]);
    const whole = await dashedColumns(page, '.futures canvas');
    expect(whole).toHaveLength(1);
    expect(await dashedColumns(page, '.plot canvas')).toEqual(whole);
    // The moment is at 9 ms.
    const closer = await show(explained(violated), { hash: 't=1&from=7000&to=12000&show=all' });
    const nearer = await dashedColumns(closer, '.futures canvas');
    expect(nearer).toHaveLength(1);
    expect(nearer).not.toEqual(whole);
    expect(await dashedColumns(closer, '.plot canvas')).toEqual(nearer);
  });

  it('has the chart in words for readers who cannot see it, and in numbers for all', async () => {
    const page = await show(explained(violated));
    const label = await page.evaluate<string>(
      `document.querySelector('.futures canvas').getAttribute('aria-label')`,
    );
    expect(label).toBe(
      'Share of futures that fail: 0.000 ms: 1 of 10; 5.000 ms: 2 of 10; 8.900 ms: 2 of 10; 9.000 ms: 10 of 10; 18.100 ms: 10 of 10',
    );
    await click(page, '.counts summary');
    expect(await textOf(page, '.counts tbody')).toMatch(/212\s+9\.000 ms\s+10 of 10/);
  });

  it('brings the moment near at a click', async () => {
    const page = await show(explained(violated));
    await click(page, '.decided button');
    const [from = NaN, to = NaN] = (await textOf(page, '.readout'))
      .split(' to ')
      .map((text) => Number(text.replace(/[^0-9.]/g, '')));
    expect(from).toBeLessThan(9);
    expect(to).toBeGreaterThan(9);
    expect(to - from).toBeLessThan(2);
  });

  it('highlights the operation of a step under the pointer, and shows all of it at a click', async () => {
    const page = await show(explained(violated));
    const before = await pictureOf(page, '.plot canvas');
    const step = await boxOf(page, '.steps li');
    await page.mouse('mouseMoved', step.x + 20, step.y + step.height / 2);
    await page.nextFrame();
    const pointed = await pictureOf(page, '.plot canvas');
    expect(pointed).not.toBe(before);
    await page.mouse('mouseMoved', 5, 5);
    await page.nextFrame();
    expect(await pictureOf(page, '.plot canvas')).toBe(before);
    await click(page, '.steps button.witness');
    expect(await textOf(page, '.panel h3')).toContain(violated.operations[0]?.id);
  });

  it('describes a failure that no moment decides', async () => {
    const start = await show(explained(violated, { decisive: decisives.fromStart, past: [] }));
    expect(await textOf(start, '.masthead')).toContain('No fault is needed: it fails however it unfolds.');
    const end = await show(explained(violated, { decisive: decisives.atEnd, past: [] }));
    expect(await textOf(end, '.masthead')).toContain('Nothing decides it before the end.');
    expect(await textOf(end, '.story .steps')).toBe('nothing there');
  });

  it('has no story without an explanation', async () => {
    expect(await textOf(await show(violated), '.story')).toBe('nothing there');
  });

  it('never scrolls sideways, on any width of screen, with a long command and its numbers open', async () => {
    const replay = `sim replay ${'a-folder-with-a-long-name/'.repeat(6)}repro.shrunk.json`;
    const page = await show(
      { ...explained(violated), replay },
      {
        prepare: (narrow) =>
          narrow.send('Emulation.setDeviceMetricsOverride', {
            width: 390,
            height: 800,
            deviceScaleFactor: 2,
            mobile: true,
          }),
      },
    );
    await click(page, '.counts summary');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });
});
