/**
 * The HTML report in a real Chromium. Needs the built application (`npm run build`) and Chromium on the PATH or in
 * `$CHROMIUM_BIN`; without one these tests skip and say so, except in CI, where they fail.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../sim/run/run-result.js';
import { CTRL, findChromium, SHIFT, type Page } from '../../bench/browser/chromium.js';
import { buildRun } from './fixture.js';
import { click, reportsInChromium, textOf } from './reports-in-chromium.js';

const binary = findChromium();
const isCi = (process.env['CI'] ?? '') !== '' && process.env['CI'] !== 'false';
const missing =
  'no Chromium for the tests of the HTML report: install it (apt-get install chromium) or set CHROMIUM_BIN';

if (binary === undefined) process.stderr.write(`${isCi ? 'failing' : 'skipping'}: ${missing}\n`);

it.runIf(isCi)('finds Chromium in CI', () => {
  expect(binary, missing).toBeDefined();
});

describe.skipIf(binary === undefined)('the HTML report in Chromium', () => {
  const reports = reportsInChromium(binary, { width: 1400, height: 1200 });
  const { show } = reports;

  /** Not only what led to the violation. */
  const everything = { hash: 'show=all' };
  const countOf = (page: Page, selector: string) =>
    page.evaluate<number>(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
  const focusPlot = (page: Page) => page.evaluate(`document.querySelector('.plot').focus()`);
  const plotBox = (page: Page) =>
    page.evaluate<{ x: number; y: number; width: number }>(
      `(() => { const { x, y, width } = document.querySelector('.plot').getBoundingClientRect(); return { x, y, width } })()`,
    );

  /** The time in view, in milliseconds. */
  async function inView(page: Page): Promise<{ from: number; to: number }> {
    const [from = NaN, to = NaN] = (await textOf(page, '.readout'))
      .split(' to ')
      .map((text) => Number(text.replace(/[^0-9.]/g, '')));
    return { from, to };
  }

  /** How many pixels of the canvas have the colour of a CSS variable. */
  const pixelsOf = (page: Page, variable: string) =>
    page.evaluate<number>(`(() => {
      const wanted = getComputedStyle(document.documentElement).getPropertyValue('--${variable}').trim();
      const canvas = document.querySelector('canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const [r, g, b] = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] === r && data[at + 1] === g && data[at + 2] === b && data[at + 3] === 255) count++;
      }
      return count;
    })()`);

  it('shows verdict, replay command and one lane per node, without an error and without any request', async () => {
    const page = await show(buildRun({ nodes: 10, operationsPerNode: 100, faults: true, violated: true }));
    expect(await textOf(page, '.verdict')).toBe('violated');
    expect(await textOf(page, 'h1')).toBe('bank seed 42');
    expect(await textOf(page, '.replay-command')).toBe('sim --seed 42 --scenario bank');
    expect(await textOf(page, '.trace-hash')).toBe('6b1f0c9ad2e84375916f27d0c3ab58e4');
    expect(await countOf(page, '.lane-label')).toBe(2);
    await click(page, '.limit');
    expect(await countOf(page, '.lane-label')).toBe(10);
    expect(await countOf(page, '.check')).toBe(3);
    expect(await countOf(page, '.section-faults tbody tr')).toBe(6);
    expect(page.complaints).toEqual([]);
    expect(page.requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
  });

  it('draws bars in the colour of their outcome, and none of a hidden outcome', async () => {
    const run = buildRun({ nodes: 4, operationsPerNode: 30, deadlockedNodes: 1 });
    // What led to a violation stands out, and everything else is pale.
    const page = await show({ ...run, verdict: 'inconclusive' });
    for (const ending of ['ok', 'indefinite', 'pending'])
      expect(await pixelsOf(page, ending)).toBeGreaterThan(50);
    await click(page, '.chip.ending-ok');
    expect(await pixelsOf(page, 'ok')).toBe(0);
    expect(await pixelsOf(page, 'pending')).toBeGreaterThan(50);
  });

  it('hides a lane at a click on its name, and all others at a click with Shift', async () => {
    const page = await show(buildRun({ nodes: 3 }));
    const all = await pixelsOf(page, 'ok');
    await click(page, '.lane-label');
    expect(await pixelsOf(page, 'ok')).toBeLessThan(all);
    await page.evaluate(
      `document.querySelector('.lane-label').dispatchEvent(new MouseEvent('click', { shiftKey: true }))`,
    );
    const pressed = `[...document.querySelectorAll('.lane-label')].map((label) => label.getAttribute('aria-pressed'))`;
    expect(await page.evaluate(pressed)).toEqual(['true', 'false', 'false']);
  });

  it('zooms and moves by keyboard', async () => {
    const page = await show(buildRun({ nodes: 4, operationsPerNode: 50 }));
    await focusPlot(page);
    const whole = await inView(page);
    await page.press('+');
    const closer = await inView(page);
    expect(closer.to - closer.from).toBeCloseTo((whole.to - whole.from) / 2, 1);
    await page.press('ArrowRight', SHIFT);
    const moved = await inView(page);
    expect(moved.from).toBeGreaterThan(closer.from);
    expect(moved.to - moved.from).toBeCloseTo(closer.to - closer.from, 1);
    await page.press('0');
    expect(await inView(page)).toEqual(whole);
  });

  it('zooms by wheel around the pointer and moves by dragging', async () => {
    const page = await show(buildRun({ nodes: 4, operationsPerNode: 50 }));
    const box = await plotBox(page);
    const whole = await inView(page);
    await page.wheel(box.x + box.width / 4, box.y + 60, -240, CTRL);
    const closer = await inView(page);
    expect(closer.to - closer.from).toBeLessThan(whole.to - whole.from);
    expect((whole.to / 4 - closer.from) / (closer.to - closer.from)).toBeCloseTo(0.25, 1);
    await page.mouse('mousePressed', box.x + 500, box.y + 60);
    await page.mouse('mouseMoved', box.x + 400, box.y + 60);
    await page.mouse('mouseReleased', box.x + 400, box.y + 60);
    expect((await inView(page)).from).toBeGreaterThan(closer.from);
  });

  it('shows a tooltip for an operation under the pointer, and all of it after a click', async () => {
    const result = buildRun({ nodes: 1, operationsPerNode: 1 });
    const page = await show(result);
    const box = await plotBox(page);
    const [x, y] = [box.x + box.width * 0.7, box.y + 28 + 48];
    await page.mouse('mouseMoved', x, y);
    expect(await textOf(page, '.tooltip')).toMatch(/^n1 transfer n1-1\n/);
    await page.mouse('mousePressed', x, y);
    await page.mouse('mouseReleased', x, y);
    expect(await textOf(page, '.panel')).toMatch(/n1 transfer n1-1[^]*Input[^]*Invoked[^]*Returned/);
    await page.mouse('mouseMoved', x, y + 600);
    expect(await page.evaluate(`document.querySelector('.tooltip').hidden`)).toBe(true);
  });

  it('steps through operations, nodes and witnesses by keyboard', async () => {
    const result = buildRun({ nodes: 3, operationsPerNode: 20, violated: true });
    const page = await show(result, everything);
    await focusPlot(page);
    await page.press('n');
    const [first, second] = result.operations;
    expect(await textOf(page, '.panel h3')).toContain(first?.id);
    await page.press('n');
    expect(await textOf(page, '.panel h3')).toContain(second?.id);
    await page.press('ArrowDown');
    expect(await textOf(page, '.panel h3')).not.toContain(second?.id);
    await page.press('w');
    expect(await textOf(page, '.panel')).toMatch(/Witness for\s+sum-conserved/);
    await page.press('Escape');
    expect(await textOf(page, '.panel')).toBe('');
  });

  it('goes to a witness from the check that names it', async () => {
    const page = await show(buildRun({ nodes: 5, operationsPerNode: 100, violated: true }), everything);
    const whole = await inView(page);
    await click(page, 'button.witness');
    expect(await textOf(page, '.panel')).toContain('sum-conserved');
    const near = await inView(page);
    expect(near.to - near.from).toBeLessThan((whole.to - whole.from) / 2);
    expect(await pixelsOf(page, 'witness')).toBeGreaterThan(20);
  });

  it('shows markup from a run as text and runs none of it', async () => {
    const page = await show(hostileRun());
    expect(await page.evaluate('typeof globalThis.pwned')).toBe('undefined');
    expect(await countOf(page, 'img, svg, iframe')).toBe(0);
    // The data and the application.
    expect(await countOf(page, 'script')).toBe(2);
    expect(await textOf(page, 'h1')).toContain('</script><script>globalThis.pwned=1</script>');
    for (const selector of [
      '.checks',
      '.problem',
      '.facts-grid',
      '.section-faults tbody',
      '.lane-label',
      '.replay-command',
      '.sentence',
      '.decided',
      '.under-way',
      '.steps',
    ]) {
      expect(await textOf(page, selector), selector).toContain('<img src=x onerror=globalThis.pwned=1>');
    }
    await click(page, 'button.witness');
    expect(await textOf(page, '.panel')).toContain('<img src=x onerror=globalThis.pwned=1>');
    await focusPlot(page);
    expect(await page.evaluate('typeof globalThis.pwned')).toBe('undefined');
    expect(page.complaints).toEqual([]);
    expect(page.requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
  });

  it('refuses a script that was added to the page', async () => {
    const file = await reports.write(buildRun());
    const tampered = path.join(path.dirname(file), 'tampered.html');
    const html = await readFile(file, 'utf8');
    await writeFile(tampered, html.replace('</body>', '<script>globalThis.pwned = 1</script></body>'));
    const page = await reports.browser.newPage({ width: 800, height: 600 });
    await page.open(pathToFileURL(tampered).href);
    expect(await page.evaluate('typeof globalThis.pwned')).toBe('undefined');
    expect(page.complaints.join('\n')).toContain('Content Security Policy');
  });

  it('selects the replay command if the clipboard is refused', async () => {
    const page = await show(buildRun());
    await reports.browser.send('Browser.setPermission', {
      permission: { name: 'clipboard-write' },
      setting: 'denied',
    });
    await click(page, '.copy');
    expect(await textOf(page, '.copy')).toBe('Selected, press Ctrl+C');
    expect(await page.evaluate('getSelection().toString()')).toBe('sim --seed 42 --scenario bank');
  });

  it('is dark if the system is, including the canvas', async () => {
    const prepare = (page: Page) =>
      page.send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: 'dark' }],
      });
    const background = 'getComputedStyle(document.body).backgroundColor';
    const [day, night] = [await show(buildRun()), await show(buildRun(), { prepare })];
    expect(await day.evaluate(background)).not.toBe(await night.evaluate(background));
    const ok = `getComputedStyle(document.documentElement).getPropertyValue('--ok')`;
    expect(await day.evaluate(ok)).not.toBe(await night.evaluate(ok));
    expect(await pixelsOf(night, 'ok')).toBeGreaterThan(50);
  });

  it('prints in light colours even if the system is dark, and is dark again afterwards', async () => {
    const page = await show(buildRun(), {
      prepare: (dark) =>
        dark.send('Emulation.setEmulatedMedia', {
          features: [{ name: 'prefers-color-scheme', value: 'dark' }],
        }),
    });
    const ink = 'getComputedStyle(document.body).color';
    const onScreen = await page.evaluate(ink);
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect(await page.evaluate(ink)).toBe('rgb(30, 34, 39)');
    expect(await pixelsOf(page, 'ok')).toBeGreaterThan(50);
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    expect(await page.evaluate(ink)).toBe(onScreen);
  });

  const narrow = (page: Page) =>
    page.send('Emulation.setDeviceMetricsOverride', {
      width: 360,
      height: 800,
      deviceScaleFactor: 2,
      mobile: true,
    });

  it('never scrolls sideways, on any width of screen', async () => {
    const page = await show(buildRun({ nodes: 10, operationsPerNode: 20, faults: true, violated: true }), {
      prepare: narrow,
    });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });

  it('shows a run in which nothing happened', async () => {
    const page = await show(buildRun({ nodes: 0, operationsPerNode: 0 }));
    expect(await textOf(page, '.section-diagram')).toContain('No node began an operation.');
    expect(await textOf(page, '.section-faults')).toContain('None in this run.');
    expect(page.complaints).toEqual([]);
  });

  it('names the waiting nodes in a deadlock and shows the stack of a node’s error', async () => {
    const page = await show(buildRun({ deadlockedNodes: 2, nodeError: true }));
    expect(await textOf(page, '.problem-deadlock')).toMatch(/n1 waits in transfer[^]*n2 waits in transfer/);
    expect(await textOf(page, '.problem pre')).toContain('at transfer (scenarios/bank.ts:88:31)');
  });

  it('handles 20,000 operations', async () => {
    const page = await show(buildRun({ nodes: 20, operationsPerNode: 1000, faults: true }));
    expect(await countOf(page, '.lane-label')).toBe(20);
    await focusPlot(page);
    const whole = await inView(page);
    for (const key of ['+', '+', '+', 'n']) await page.press(key);
    expect((await inView(page)).to).toBeLessThan(whole.to);
    expect(await countOf(page, '.panel .operation')).toBe(1);
    expect(page.complaints).toEqual([]);
  });
});

/** A run in which every text is markup that would do something. */
function hostileRun(): RunResult {
  const evil = '</script><script>globalThis.pwned=1</script><img src=x onerror=globalThis.pwned=1>';
  const base = buildRun({ violated: true, faults: true, nodeError: true });
  const error = { name: evil, message: evil };
  const [first, second, third] = base.operations;
  if (first === undefined || second === undefined || third === undefined)
    throw new Error('the fixture is too small');
  const end = { sequence: 90, timeUs: 9000 };
  const operations = [
    {
      ...first,
      id: evil,
      node: evil,
      name: evil,
      input: { [evil]: evil },
      return: end,
      outcome: { kind: 'failed' as const, error },
    },
    { ...second, node: evil, return: end, outcome: { kind: 'ok' as const, output: evil, revision: 2 } },
  ];
  return {
    ...base,
    version: evil,
    plan: {
      ...base.plan,
      scenario: evil,
      options: { [evil]: evil },
      members: [evil],
      nodes: [{ name: evil, operations: [] }],
    },
    checks: [
      {
        check: evil,
        description: evil,
        verdict: 'violated',
        message: evil,
        operations: [evil, second.id, evil + evil],
        revisions: [2],
      },
      { check: evil, description: evil, verdict: 'inconclusive', reason: evil },
    ],
    problems: [
      { kind: 'node-error', node: evil, error, stack: evil, timeUs: 10 },
      { kind: 'deadlock', message: evil, waiting: [evil] },
    ],
    faults: base.faults.map((fault) => ({ ...fault, kind: evil, text: evil })),
    operations,
    log: [{ revision: 2, events: [{ type: 'put', key: evil, value: evil, createRevision: 2, version: 1 }] }],
    summary: [{ label: evil, value: evil }],
    counters: { [evil]: 1 },
    trace: { hash: evil, events: 1 },
    explanation: {
      size: evil,
      sentence: evil,
      witness: [evil],
      past: [{ timeUs: 5, node: evil, operation: evil, text: evil }],
      moments: [{ events: 0, timeUs: 0, failed: 0, of: 10 }],
      decisive: {
        kind: 'event',
        event: { number: 1, timeUs: 5, text: evil },
        before: { events: 0, timeUs: 0, failed: 0, of: 10 },
        after: { events: 1, timeUs: 5, failed: 10, of: 10 },
        isExact: true,
        underWay: [evil],
        around: [{ number: 1, timeUs: 5, text: evil }],
      },
      events: 1,
      runs: 11,
    },
    replay: `sim --scenario ${evil}`,
  };
}
