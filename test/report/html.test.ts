/** The HTML page before any browser sees it. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisiveWords } from '../../sim/report/decisive-words.js';
import { escapeJson, formatHtml, pageModules, type PageApp } from '../../sim/report/html.js';
import { formatJson } from '../../sim/report/json.js';
import { formatRun } from '../../sim/report/terminal.js';
import { explained } from './explanation-fixture.js';
import { buildRun } from './fixture.js';

const app: PageApp = {
  modules: Object.fromEntries(pageModules.map((name) => [name, `exports.name = '${name}';\r\n`])),
  style: 'body { color: red; }\r\n',
};

const page = (result = buildRun(), from = app) => formatHtml(result, formatJson(result), from);
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

  it('carries the run as JSON that reads back', () => {
    const result = buildRun({ violated: true, faults: true });
    const json = /<script type="application\/json" id="run">([^]*?)<\/script>/.exec(page(result))?.[1] ?? '';
    expect(JSON.parse(json)).toEqual(result);
  });

  it('describes the decisive moment in the terminal’s words', () => {
    const result = explained(buildRun({ violated: true }));
    const [json = ''] = page(result).match(/(?<=id="decisive-words">)[^<]*/) ?? [];
    const { headline, event, futures } = JSON.parse(json) as DecisiveWords;
    const said = formatRun(result, { color: false, width: 1000 });
    expect(said).toContain(`${headline} ${event}.`);
    expect(said).toContain(futures);
    expect(page(buildRun({ violated: true }))).not.toContain('id="decisive-words"');
  });

  it('escapes the name of the scenario in the title', () => {
    const base = buildRun();
    const html = page({ ...base, plan: { ...base.plan, scenario: '</title><script>&' } });
    expect(html).toContain('<title>&lt;/title&gt;&lt;script&gt;&amp; · seed 42 · satisfied</title>');
  });

  it('gives the same bytes for the same result', () => {
    expect(page(buildRun({ faults: true }))).toBe(page(buildRun({ faults: true })));
  });

  it('refuses an application that could end its own element', () => {
    const broken = { ...app, modules: { ...app.modules, main: "'</script>'" } };
    expect(() => page(buildRun(), broken)).toThrow('could end its own element');
    expect(() => page(buildRun(), { ...app, style: '</style>' })).toThrow('could end its own element');
  });

  it('names a module that was not built', () => {
    const { scale: _, ...modules } = app.modules;
    expect(() => page(buildRun(), { ...app, modules })).toThrow('no module scale');
  });

  it('knows every module of the application', () => {
    const files = readdirSync(new URL('../../reports/app', import.meta.url));
    const modules = files.filter((file) => file.endsWith('.ts')).map((file) => file.replace('.ts', ''));
    expect([...pageModules]).toEqual(modules.sort());
  });
});

describe('JSON in a script element', () => {
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
});
