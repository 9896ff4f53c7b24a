/**
 * Hostile names and values in a real Chromium: each is text. Needs the built application. Without
 * Chromium these tests skip, like those of the whole page, which say so.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { findChromium, type Page } from '../../bench/browser/chromium.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { recordedRun } from './recorded-run.js';
import { reportsInChromium, textOf } from './reports-in-chromium.js';

const binary = findChromium();

const hostile: Readonly<Record<string, { readonly text: string; readonly shown: string }>> = {
  markup: { text: '</script><img src=x onerror=pwned=1>', shown: '</script><img src=x onerror=pwned=1>' },
  'a comment': { text: '<!-- --><script>pwned=1</script>', shown: '<!-- --><script>pwned=1</script>' },
  ansi: { text: '\u001b[31mred\u001b]0;title\u0007', shown: '\\u001b[31mred\\u001b]0;title\\u0007' },
  binary: { text: '\u0000\u0001\ufffd\u009f', shown: '\\u0000\\u0001\ufffd\\u009f' },
  'half a pair': { text: 'a\ud800b\udc00c', shown: 'a\\ud800b\\udc00c' },
  'direction marks': { text: 'a\u202eb\u2066c\u061cd\u200fe', shown: 'a\\u202eb\\u2066c\\u061cd\\u200fe' },
  tags: { text: 'x\u{e0001}\u{e0041}\u{e007f}y', shown: 'x\\u{e0001}\\u{e0041}\\u{e007f}y' },
};

describe.skipIf(binary === undefined)('hostile names and values in Chromium', () => {
  const { show } = reportsInChromium(binary, { width: 1000, height: 900 });
  let run: RunResult;
  beforeAll(async () => {
    run = await recordedRun({ scenario: 'mutex', members: 1, options: { users: 2, rounds: 1, lanes: 1 } });
  });

  /** The run with this text in place of the name of its first node, of a key and of a value. */
  function withText(text: string): RunResult {
    const [first = ''] = run.plan.nodes.map(({ name }) => name);
    const renamed = (name: string) => (name === first ? text : name);
    const { recording } = run;
    return {
      ...run,
      plan: { ...run.plan, nodes: run.plan.nodes.map((node) => ({ ...node, name: renamed(node.name) })) },
      operations: run.operations.map((operation, at) => ({
        ...operation,
        node: renamed(operation.node),
        ...(at === 0 ? { id: text, name: text, input: { [text]: text } } : {}),
      })),
      log: run.log.map((entry) => ({
        ...entry,
        events: entry.events.map((event) => ({ ...event, key: text, value: text })),
      })),
      faults: run.faults.map((fault) => ({ ...fault, kind: text, text })),
      ...(recording === undefined
        ? {}
        : {
            recording: {
              ...recording,
              actors: recording.actors.map(renamed),
              methods: recording.methods.map(() => text),
              operations: recording.operations.map(() => text),
              watches: recording.watches.map((watch) => ({ ...watch, key: text })),
              events: { ...recording.events, labels: recording.events.labels.map(() => text) },
            },
          }),
    };
  }

  /** Text that the page draws or says, without what hides. */
  const everythingOf = (page: Page) => page.evaluate<string>('document.body.innerText');

  it.each(Object.keys(hostile))('shows %s as text in every view', async (name) => {
    const { text, shown } = hostile[name] ?? { text: '', shown: '' };
    const lastUs = run.recording?.commits.timeUs.at(-1) ?? 0;
    const page = await show(withText(text), { hash: `t=${lastUs}&open=happened` });
    await page.evaluate(`document.querySelector('.plot').focus()`);
    await page.press('n');
    await page.press('ArrowRight');
    for (const selector of [
      '.lane-label',
      '.state',
      '.panel',
      'details[data-name=happened] tbody',
      '.section-faults tbody',
    ]) {
      if (selector === '.section-faults tbody' && run.faults.length === 0) continue;
      expect(await textOf(page, selector), selector).toContain(shown);
    }
    const all = await everythingOf(page);
    expect(all).not.toMatch(
      /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
    );
    expect(await page.evaluate('typeof globalThis.pwned')).toBe('undefined');
    expect(await page.evaluate(`document.querySelectorAll('img, iframe, svg').length`)).toBe(0);
    expect(await page.evaluate(`document.querySelectorAll('script').length`)).toBe(2);
    expect(page.complaints).toEqual([]);
    expect(page.requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
  });

  it('cuts a megabyte, says how long it was, and never scrolls sideways', async () => {
    const long = '<b>'.repeat(350_000);
    const [first, ...others] = run.operations;
    const [entry, ...log] = run.log;
    if (first === undefined || entry === undefined) throw new Error('the run is too short');
    const page = await show({
      ...run,
      plan: { ...run.plan, options: { ...run.plan.options, variant: long } },
      operations: [{ ...first, input: { [long]: long } }, ...others],
      log: [{ ...entry, events: entry.events.map((event) => ({ ...event, value: long })) }, ...log],
    });
    await page.evaluate(`document.querySelector('.plot').focus()`);
    await page.press('n');
    expect(await textOf(page, '.panel')).toContain('(1,050,000 characters)');
    expect(await textOf(page, '.section-parameters')).toContain('(1,050,000 characters)');
    expect(await textOf(page, '.cut')).toContain('are cut');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1000);
    expect(page.complaints).toEqual([]);
  });
});
