/** The HTML page before any browser sees it. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENTRY, formatHtml, type PageApp } from '../../sim/report/html.js';
import { embed, escapeJson } from '../../sim/report/page/embed.js';
import { readPageApp } from '../../sim/report/page/read-app.js';
import { formatRunPage } from '../../sim/report/page/run-page.js';
import { formatRun } from '../../sim/report/terminal.js';
import { explained } from './explanation-fixture.js';
import { buildRun } from './fixture.js';
import { dataOf } from './page-fixture.js';

const app: PageApp = {
  modules: {
    [ENTRY]: 'require("./data/load.js");\r\n',
    'reports/app/data/load': `exports.name = 'load';\r\n`,
  },
  style: 'body { color: red; }\r\n',
};

const page = (result = buildRun(), from = app) => formatRunPage({ result }, undefined, from);
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

describe('the HTML page', () => {
  it('allows by hash exactly the one script and the one style it has', () => {
    const html = page();
    const script = /<script>([^]*?)<\/script>/.exec(html)?.[1] ?? '';
    const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? '';
    expect(html).toContain(
      `content="default-src 'none'; script-src 'sha256-${sha256(script)}'; style-src 'sha256-${sha256(style)}'; `,
    );
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/\r| style=| on[a-z]+=|unsafe/);
  });

  it('requests nothing from anywhere', () => {
    const html = page().replace("xmlns='http://www.w3.org/2000/svg'", '');
    expect(html).not.toMatch(/https?:|\bsrc=|@import|url\(/);
  });

  it('describes the decisive moment in the terminal’s words', () => {
    const result = explained(buildRun({ violated: true }));
    const { headline = '', event = '', futures } = dataOf(page(result)).run.words ?? {};
    const said = formatRun(result, { color: false, width: 1000 });
    expect(said).toContain(`${headline} ${event}.`);
    expect(said).toContain(futures);
    expect(dataOf(page(buildRun({ violated: true }))).run.words).toBeUndefined();
  });

  it('escapes the name of the scenario in the title, hidden characters too', () => {
    const base = buildRun();
    const html = page({ ...base, plan: { ...base.plan, scenario: '</title>\u202e<script>&' } });
    expect(html).toContain('<title>&lt;/title&gt;\\u202e&lt;script&gt;&amp; · seed 42 · satisfied</title>');
  });

  it('gives the same bytes for the same result', () => {
    expect(page(buildRun({ faults: true }))).toBe(page(buildRun({ faults: true })));
  });

  it('refuses an application that could end its own element', () => {
    const broken = { ...app, modules: { ...app.modules, [ENTRY]: "'</script>'" } };
    expect(() => page(buildRun(), broken)).toThrow('could end its own element');
    expect(() => page(buildRun(), { ...app, style: '</style>' })).toThrow('could end its own element');
  });

  it('names the module that an application must have', () => {
    const data = { title: '', verdict: 'satisfied', data: {} } as const;
    expect(() => formatHtml(data, { ...app, modules: {} })).toThrow(`no module ${ENTRY}`);
  });

  it('takes each module that the application needs, and none that is left over from an older build', async () => {
    const { modules } = await readPageApp();
    for (const code of Object.values(modules)) expect(code).not.toBe('');
    expect(Object.keys(modules)).toContain('reports/app/diagram/diagram');
    expect(Object.keys(modules)).not.toContain('reports/app/timeline');
  });
});

describe('data in a page', () => {
  it('contains nothing that a parser of HTML or of old JavaScript could misread', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const escaped = escapeJson(JSON.stringify(value));
        expect(escaped).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(escaped)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('writes a closing script tag as escapes', () => {
    expect(escapeJson('"</script>&\u2028"')).toBe('"\\u003c/script\\u003e\\u0026\\u2028"');
  });

  it('stays readable if it is small, and is compressed if it is large', () => {
    expect(embed('{"a":1}')).toBe('<script type="application/json" id="data">{"a":1}</script>');
    const large = JSON.stringify({ text: '</script>'.repeat(100_000) });
    const embedded = embed(large);
    expect(embedded.length).toBeLessThan(large.length / 20);
    expect(dataOf(embedded)).toEqual(JSON.parse(large));
  });
});
