/** Names and values that try to be something else than text, in every reporter. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SaxesParser } from 'saxes';
import { afterAll, describe, expect, it } from 'vitest';
import { BlobReporter, readBlob } from '../../../sim/harness/sweep/blob-file.js';
import { headerOf } from '../../../sim/harness/sweep/header.js';
import { mergeBlobs } from '../../../sim/harness/sweep/merge.js';
import { parametersOf } from '../../../sim/harness/check-options.js';
import { formatRunPage } from '../../../sim/report/page/run-page.js';
import { SweepCollector } from '../../../sim/report/page/collect-sweep.js';
import { ENTRY } from '../../../sim/report/html.js';
import { formatSweepPage } from '../../../sim/report/page/sweep-page.js';
import { formatJson } from '../../../sim/report/json.js';
import type { CreateReporter, ScenarioReport } from '../../../sim/report/reporter.js';
import { dotReporter } from '../../../sim/report/reporters/dot.js';
import { createReporter as github } from '../../../sim/report/reporters/github.js';
import { createReporter as junit } from '../../../sim/report/reporters/junit.js';
import { formatSweep } from '../../../sim/report/terminal.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { lossy } from '../../harness/scenarios.js';
import { report, reportOf, violated } from './reporting.js';

const folder = mkdtempSync(path.join(tmpdir(), 'sim-hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MEGABYTE = 1 << 20;
const hostile: Readonly<Record<string, string>> = {
  'a script': '</script><script>alert(1)</script><img src=x onerror=alert(1)>',
  'HTML in an attribute': '" onload="alert(1)\' <b>&amp;&#0;',
  'the end of CDATA': ']]> <![CDATA[ <!-- --> <?xml ?>',
  ANSI: '\u001b[31mred\u001b[0m \u009b2J \u001b]0;title\u0007',
  'carriage returns': 'one\r\u001b[2Ktwo\r\n::error::three\n::set-output name=x::y',
  binary: '\u0000\u0001\u0008\u000b\u000c\u001f\u007f\u0085\ufffe\uffff',
  'lone surrogates': 'a\ud800b\udc00c',
  'bidirectional marks': 'a\u061cb\u202ec\u2066d\u2069e\u200ff',
  'tag characters': `flag\u{e0001}\u{e0041}\u{e007f}`,
  Markdown: '| a | **b** | [c](javascript:alert(1)) ![d](x) `e` ``` @team #1 <details>',
  'a workflow command': '::error file=a.js,line=1::x %0A::stop-commands::y ##[group]z',
  'a megabyte': 'x'.repeat(MEGABYTE),
  'a word that is long and wide': '\u{1f4a5}'.repeat(3000),
};

/** Characters that a reader does not see, or that steer what shows them; line breaks are the reporter's own. */
const UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\u{e0000}-\u{e007f}]/u;

const terminal: CreateReporter = ({ write }) => ({
  scenario: ({ sweep }) => void (sweep && write(formatSweep(sweep, { color: false }))),
});

/** Fails where the text is no well-formed XML; gives its texts and attributes. */
function textsOfXml(text: string): string[] {
  const texts: string[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ attributes }) => void texts.push(...Object.values(attributes)));
  parser.on('text', (one) => void texts.push(one));
  parser.write(text).close();
  return texts;
}

function sweepWith(text: string): ScenarioReport {
  const run = violated(3, `check ${text}`, `message ${text}`);
  const named: RunResult = {
    ...run,
    plan: { ...run.plan, scenario: text },
    replay: `sim --scenario '${text}'`,
    operations: run.operations.map((operation) => ({ ...operation, input: text, name: text })),
  };
  const made = reportOf([named], text);
  return { ...made, sweep: made.sweep && { ...made.sweep, counters: { [text]: 1 }, firstFailure: named } };
}

describe.each(Object.entries(hostile))('%s', (_, text) => {
  const reports = [sweepWith(text)];

  it('is text in the terminal, and after dots', async () => {
    const said = await report(terminal, reports);
    expect(said.text).not.toMatch(UNSEEN);
    const dots = await report((host) => dotReporter(host, terminal(host) as never), reports);
    expect(dots.text).toBe(`x\n${said.text}`);
  });

  it('is text in JSON', () => {
    const [one] = reports;
    const json = formatJson(one?.sweep ?? violated(1, '', ''));
    expect(json).not.toContain('\n');
    expect(JSON.parse(json)).toEqual(one?.sweep);
    // JSON itself escapes controls and lone surrogates.
    expect(json).not.toMatch(/[\ud800-\udfff]/u);
  });

  it('is text in JUnit, which stays well-formed XML', async () => {
    const said = await report(junit, reports);
    expect(said.text).not.toMatch(UNSEEN);
    const texts = textsOfXml(said.text);
    const start = [...text]
      .slice(0, 5)
      .join('')
      .replace(/[^ -~]+.*$/s, '')
      .trim();
    expect(texts.some((one) => one.includes(start))).toBe(true);
    expect(said.text.length).toBeLessThan(200_000);
  });

  it('is text in annotations and in the summary of GitHub', async () => {
    const said = await report(github, reports);
    for (const line of said.told) {
      expect(line).toMatch(/^::(error|warning) title=[^:,]*::[^\r\n]*$/);
      expect(line).not.toMatch(UNSEEN);
    }
    expect(said.told).toHaveLength(1);
    expect(said.text).not.toMatch(UNSEEN);
    expect(said.text.length).toBeLessThan(100_000);
    // Outside of fences nothing is markup.
    const outside = said.text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '');
    expect(outside).not.toMatch(/<|\]\(|@team|javascript:|[^*]\*\*b/);
    expect(
      outside
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .every((line) => line.split('|').length === 6),
    ).toBe(true);
  });

  it('is text in the pages of a run and of a sweep', () => {
    const app = { modules: { [ENTRY]: '' }, style: '' };
    const [one] = reports;
    const result = one?.sweep?.firstFailure ?? violated(1, '', '');
    const collector = new SweepCollector();
    if (one !== undefined) collector.scenario(one);
    const pages = [
      formatRunPage({ result, repro: undefined }, undefined, app),
      formatSweepPage(collector.scenarios, '1.2.3', app),
    ];
    for (const page of pages) {
      const head = page.slice(0, page.indexOf('<body>'));
      expect(head).not.toMatch(UNSEEN);
      expect(page).not.toMatch(/<img|<!--|<b>|<details>/);
      // Its data, and the application.
      expect((page.match(/<script/gi) ?? []).length).toBeLessThanOrEqual(3);
    }
  });

  it('is unchanged in a blob', async () => {
    const file = path.join(folder, 'one.blob');
    const parameters = { ...parametersOf(lossy, {}), scenario: { ...lossy, name: text } };
    const seeds = { first: 3, last: 3 };
    const header = headerOf({
      scenarios: [parameters],
      backend: 'simulated',
      seeds,
      shard: undefined,
      bail: 1,
      words: [],
    });
    const [one] = reports;
    const blob = new BlobReporter(file, header);
    await report(() => blob, reports);
    const [merged] = mergeBlobs([await readBlob(file, 'one.blob')]);
    expect(merged?.report.sweep?.failures).toEqual(one?.sweep?.failures);
    expect(merged?.report.failures[0]?.result).toEqual(one?.sweep?.firstFailure);
  });
});
