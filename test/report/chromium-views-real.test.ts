/**
 * The views of a recorded run in a real Chromium: diagram, state, lists, both runs, addresses, exports. Needs the built
 * application (`npm run build`). Without Chromium these tests skip, like those of the whole page, which say so.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { StateIndex } from '../../sim/moment/state-at.js';
import { SHIVIZ_EXPRESSION } from '../../reports/app/export/shiviz.js';
import { findChromium, type Page } from '../../bench/browser/chromium.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { explained } from './explanation-fixture.js';
import { shownRun } from './page-fixture.js';
import { recordedRun } from './recorded-run.js';
import { built, click, reportsInChromium, textOf, settledHash } from './reports-in-chromium.js';

const binary = findChromium();

describe.skipIf(binary === undefined)('the views of a recorded run in Chromium', () => {
  const { show } = reportsInChromium(binary, { width: 1400, height: 1000 });
  let run: RunResult;
  let small: RunResult;
  beforeAll(async () => {
    run = await recordedRun({ scenario: 'mutex', options: { users: 3, rounds: 2 } });
    small = await recordedRun({ scenario: 'mutex', members: 1, options: { users: 2, rounds: 1, lanes: 1 } });
  });

  const violated = (result: RunResult): RunResult => ({
    ...result,
    verdict: 'violated',
    checks: [
      {
        check: 'one-holder',
        description: 'A lock has one holder.',
        verdict: 'violated',
        message: 'two hold it',
        operations: result.operations.slice(0, 2).map(({ id }) => id),
        revisions: [],
      },
    ],
  });

  const textsOf = (page: Page, selector: string) =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`,
    );
  const focusPlot = (page: Page) => page.evaluate(`document.querySelector('.plot').focus()`);

  const pixelsOf = (page: Page, variable: string) =>
    page.evaluate<number>(`(() => {
      const wanted = getComputedStyle(document.documentElement).getPropertyValue('--${variable}').trim();
      const canvas = document.querySelector('.plot canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const [r, g, b] = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
      let count = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 24) count++;
      }
      return count;
    })()`);

  it('has a lane for each node and each member that did something', async () => {
    const page = await show(run);
    const lanes = await textsOf(page, '.lane-label');
    expect(lanes).toEqual([...run.plan.nodes.map(({ name }) => name), 'observer', ...run.plan.members]);
    const idle = {
      ...run,
      plan: { ...run.plan, nodes: [...run.plan.nodes, { name: 'idle', operations: [] }] },
    };
    expect(await textsOf(await show(idle), '.lane-label')).toEqual(lanes);
    expect(page.complaints).toEqual([]);
  });

  it('draws lost and delayed messages in their own colours, until they are switched off', async () => {
    const page = await show(run);
    for (const kind of ['lost', 'delayed']) {
      expect(await pixelsOf(page, kind), kind).toBeGreaterThan(20);
    }
    const before = await pixelsOf(page, 'delayed');
    await click(page, '.arrow-delayed');
    expect(await pixelsOf(page, 'delayed')).toBeLessThan(before / 2);
    expect(await settledHash(page)).toBe('without=delayed');
  });

  it('first shows only what led to the violation, and everything at a click', async () => {
    const page = await show(violated(run));
    const few = await textsOf(page, '.lane-label');
    await click(page, '.limit');
    const all = await textsOf(page, '.lane-label');
    expect(all.length).toBeGreaterThan(few.length);
    expect(await settledHash(page)).toMatch(/(^|&)show=all/);
    const again = await show(violated(run), { hash: 'show=all' });
    expect(await textsOf(again, '.lane-label')).toEqual(all);
  });

  it('shows the state at the moment of the address', async () => {
    const index = new StateIndex(shownRun(run));
    const commits = run.recording?.commits.timeUs ?? [];
    for (const share of [0.3, 0.6, 0.9]) {
      const timeUs = commits[Math.floor(commits.length * share)] ?? 0;
      const page = await show(run, { hash: `t=${timeUs}` });
      const { revision, keys, leases, watches } = index.at(timeUs);
      expect(await textOf(page, '.state-head')).toContain(`revision ${revision}`);
      const shown = await textsOf(page, '.state-block:first-child tbody td:first-child');
      expect(shown).toEqual(keys.map(({ key }) => key).slice(0, 60));
      const counts = await textsOf(page, '.state-block tbody');
      expect(counts.length).toBeGreaterThan(1);
      const tables = await page.evaluate<number[]>(
        `[...document.querySelectorAll('.state-block')].map((block) => block.querySelectorAll('tbody tr').length)`,
      );
      expect(tables[2]).toBe(Math.min(60, leases.length));
      expect(tables[3]).toBe(Math.min(60, watches.length));
    }
  });

  it('steps through what happened by keyboard, and says it', async () => {
    const page = await show(run, { hash: 't=0' });
    await focusPlot(page);
    const said: string[] = [];
    for (let step = 0; step < 6; step++) {
      await page.press('ArrowRight');
      said.push(await textOf(page, '.happening'));
    }
    expect(new Set(said).size).toBe(6);
    const times = said.map((text) => Number(text.split(' ms')[0]?.replaceAll(',', '')));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    await page.press('ArrowLeft');
    expect(await textOf(page, '.happening')).toBe(said[4]);
    await page.press('End');
    const last = await textOf(page, '.moment');
    await page.press('Home');
    expect(await textOf(page, '.moment')).not.toBe(last);
    expect(await page.evaluate(`document.querySelector('.happening').getAttribute('aria-live')`)).toBe(
      'polite',
    );
  });

  it('moves by the slider, and by its own arrow keys', async () => {
    const page = await show(run);
    await page.evaluate(`(() => {
      const slider = document.querySelector('input[type=range]');
      slider.value = '20000';
      slider.dispatchEvent(new Event('input'));
    })()`);
    expect(await textOf(page, '.moment')).toBe('20.000 ms');
    await page.evaluate(`document.querySelector('input[type=range]').focus()`);
    await page.press('ArrowRight');
    expect(await textOf(page, '.moment')).not.toBe('20.000 ms');
  });

  it('selects a message at a click, with both ends and both times', async () => {
    const page = await show(small, { hash: 'from=0&to=40000' });
    const place = await page.evaluate<{ x: number; y: number } | null>(`(() => {
      const plot = document.querySelector('.plot');
      plot.scrollIntoView();
      const box = plot.getBoundingClientRect();
      for (let y = box.top + 40; y < box.bottom - 30; y += 6) {
        for (let x = box.left + 5; x < box.right; x += 6) {
          plot.dispatchEvent(new PointerEvent('pointermove', { clientX: x, clientY: y }));
          const tip = document.querySelector('.tooltip');
          if (!tip.hidden && tip.textContent.includes('→')) return { x, y };
        }
      }
      return null;
    })()`);
    if (place === null) throw new Error('expected a message under some point of the plot');
    await page.mouse('mousePressed', place.x, place.y);
    await page.mouse('mouseReleased', place.x, place.y);
    expect(await textOf(page, '.panel')).toMatch(/call \d+, \S+ → \S+[^]*Left[^]*Arrived[^]*Size/);
    const hash = await settledHash(page);
    expect(hash).toMatch(/message=\d+/);
    const again = await show(small, { hash });
    expect(await textOf(again, '.panel')).toBe(await textOf(page, '.panel'));
  });

  it('keeps every view in the address, and shows it again', async () => {
    const page = await show(run, { hash: 't=0' });
    await focusPlot(page);
    for (const key of ['+', '+', 'n', 'n']) await page.press(key);
    await click(page, '.lane-label');
    await page.evaluate(`(() => {
      const input = document.querySelector('input[name=keys]');
      input.value = 'lock';
      input.dispatchEvent(new Event('input'));
    })()`);
    const hash = await settledHash(page);
    for (const part of ['from=', 'to=', 'op=', 't=', 'lanes=', 'keys=lock']) expect(hash).toContain(part);
    const again = await show(run, { hash });
    for (const selector of ['.readout', '.panel', '.moment', '.state', '.happening']) {
      expect(await textOf(again, selector), selector).toBe(await textOf(page, selector));
    }
    expect(await again.evaluate(`document.querySelector('.lane-label').getAttribute('aria-pressed')`)).toBe(
      'false',
    );
  });

  it('follows an address that changes', async () => {
    const page = await show(run);
    await page.evaluate(`location.hash = 't=30000'`);
    await page.nextFrame();
    await built(page);
    expect(await textOf(page, '.moment')).toBe('30.000 ms');
  });

  it('shows what it shows at first for an address that makes no sense', async () => {
    const plain = await show(run);
    const odd = await show(run, {
      hash: 't=-5&from=x&to=9&op=%3Cscript%3E&run=none&message=99999999&lanes=%00&=&&',
    });
    expect(await textOf(odd, '.moment')).toBe(await textOf(plain, '.moment'));
    expect(await textOf(odd, '.readout')).toBe(await textOf(plain, '.readout'));
    expect(odd.complaints).toEqual([]);
  });

  it('shows the shrunk run first, the original at a click, and both side by side', async () => {
    const page = await show(violated(run), { shrunk: explained(violated(small)) });
    const first = await textOf(page, '.run-switch [aria-pressed=true]');
    expect(first).toContain('Shrunk');
    expect(await textOf(page, '.story')).toContain('What led to it');
    await click(page, '.run-switch button:nth-child(2)');
    await built(page);
    expect(await textOf(page, '.run-switch [aria-pressed=true]')).toContain('Original');
    expect(await settledHash(page)).toMatch(/^run=original/);
    const both = await show(violated(run), { shrunk: violated(small), hash: 'run=both' });
    expect(await textsOf(both, '.side > h2')).toEqual(['Shrunk', 'Original']);
    expect(await both.evaluate(`document.querySelectorAll('.plot canvas').length`)).toBe(2);
    expect(await textOf(both, '.section-what-shrinking-changed')).toMatch(/members\s+m1\s+m1, m2, m3/);
    expect(both.complaints).toEqual([]);
  });

  it('has all that happened and the raw trace as tables with a filter', async () => {
    const page = await show(run, { hash: 'open=trace' });
    expect(await textOf(page, 'details[data-name=trace] .readout')).toMatch(/^events 1 to 50 of [\d,]+$/);
    await page.evaluate(`(() => {
      const input = document.querySelector('details[data-name=trace] input');
      input.value = 'fault';
      input.dispatchEvent(new Event('input'));
    })()`);
    const rows = await textsOf(page, 'details[data-name=trace] tbody tr');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toContain('fault');
    expect(await settledHash(page)).toContain('open=trace&find=fault');
    const list = await show(run, { hash: 'open=happened&find=crashes' });
    expect(await textOf(list, 'details[data-name=happened] tbody')).toBe(
      (await textsOf(list, 'details[data-name=happened] tbody')).join(''),
    );
  });

  it('exports the run, its repro and a log for ShiViz', async () => {
    const page = await show(violated(small));
    await page.evaluate(`(() => {
      globalThis.saved = [];
      URL.createObjectURL = (blob) => (saved.push(blob), 'blob:none');
      HTMLAnchorElement.prototype.click = function () { saved.at(-1).name = this.download; };
    })()`);
    const count = await page.evaluate<number>(`(() => {
      const buttons = [...document.querySelectorAll('.section-export button')];
      for (const button of buttons) button.click();
      return buttons.length;
    })()`);
    expect(count).toBe(3);
    const saved = await page.evaluate<{ name: string; text: string }[]>(
      `Promise.all(saved.map(async (blob) => ({ name: blob.name, text: await blob.text() })))`,
    );
    expect(saved.map(({ name }) => name)).toEqual(['repro.json', 'run.json', 'shiviz.log']);
    const [repro, json, log] = saved.map(({ text }) => text);
    expect(JSON.parse(repro ?? '')).toMatchObject({ format: 1, verdict: 'violated' });
    const exported = JSON.parse(json ?? '') as RunResult;
    expect(exported.plan.seed).toBe(7);
    expect(exported.operations).toEqual(small.operations);
    const events = [...(log ?? '').matchAll(new RegExp(SHIVIZ_EXPRESSION, 'g'))];
    expect(events.length).toBe((log ?? '').split('\n').length / 2 - 0.5);
  });

  it('names every control, and has no meaning in a picture alone', async () => {
    const page = await show(violated(run), { hash: 'open=trace' });
    const nameless = await page.evaluate<
      string[]
    >(`[...document.querySelectorAll('button, input, [role=application]')]
      .filter((one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === '')
      .map((one) => one.outerHTML)`);
    expect(nameless).toEqual([]);
    const pictures = await page.evaluate<string[]>(`[...document.querySelectorAll('canvas')]
      .filter((one) => one.getAttribute('aria-hidden') !== 'true' && one.getAttribute('aria-label') === null)
      .map((one) => one.outerHTML)`);
    expect(pictures).toEqual([]);
  });
});
