/**
 * A run as one HTML page that needs nothing else: the application from `reports/app` with the run as JSON
 * inside. Invariant: only the application's script and style run, by their hashes; no part of a result is
 * ever markup.
 */
import { createHash } from 'node:crypto';
import type { RunResult } from '../run/run-result.js';
import { decisiveWords } from './decisive-words.js';

/** The application as built. */
export interface PageApp {
  /** CommonJS modules by name, such as `main`. */
  readonly modules: Readonly<Record<string, string>>;
  readonly style: string;
}

/** The application's modules: `reports/app/NAME.ts`. `main` is the entry. */
export const pageModules = [
  'details',
  'dom',
  'draw',
  'format',
  'futures-chart',
  'geometry',
  'lane-labels',
  'lanes',
  'main',
  'operations',
  'palette',
  'replay',
  'scale',
  'sections',
  'steering',
  'timeline',
  'toolbar',
  'why',
] as const;

/**
 * The page, complete.
 *
 * @param json the result as `formatJson` writes it
 */
export function formatHtml(result: RunResult, json: string, app: PageApp): string {
  const script = joinModules(app.modules);
  const style = `\n${withUnixLines(app.style)}`;
  assertInert(style, 'style');
  const { scenario, seed } = result.plan;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeText(`${scenario} · seed ${seed} · ${result.verdict}`)}</title>`,
    `<link rel="icon" href="${iconOf(result)}">`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<noscript>This report needs JavaScript, which is switched off.</noscript>',
    `<script type="application/json" id="run">${escapeJson(json)}</script>`,
    ...wordsOf(result),
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** The sentences that the page shares with the terminal. */
function wordsOf({ explanation }: RunResult): string[] {
  if (explanation === undefined) return [];
  const words = escapeJson(JSON.stringify(decisiveWords(explanation)));
  return [`<script type="application/json" id="decisive-words">${words}</script>`];
}

/**
 * Makes JSON safe inside a script element and in any parser. Characters that could end or change the element
 * are written as escapes, which JSON reads back. So are the two line separators that older JavaScript did not
 * allow in strings.
 */
export function escapeJson(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Makes a text safe as the content of an element. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The modules as one script with a loader for their `require`. */
function joinModules(modules: Readonly<Record<string, string>>): string {
  const definitions = pageModules.map((name) => {
    const code = modules[name];
    if (code === undefined) throw new Error(`the report's application has no module ${name}`);
    return `'./${name}.js': (exports, require) => {\n${withUnixLines(code)}}`;
  });
  const script = `
(() => {
'use strict';
const definitions = {
${definitions.join(',\n')},
};
const loaded = {};
const require = (name) => {
  if (!(name in loaded)) definitions[name]((loaded[name] = {}), require);
  return loaded[name];
};
require('./main.js');
})();
`;
  assertInert(script, 'script');
  return script;
}

/** If a script or style could end its own element, its hash would not match. */
function assertInert(text: string, name: string): void {
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`the report's ${name} could end its own element`);
}

/** The parser reads every line ending as a line feed, and the hash covers the parsed text. */
function withUnixLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`;
}

const iconColors = { satisfied: '2e8b5b', violated: 'c62f2a', inconclusive: 'd48a1f' } as const;

/** A dot in the colour of the verdict, for the browser's tab. */
function iconOf({ verdict }: RunResult): string {
  const circle = `%3Ccircle cx='8' cy='8' r='6' fill='%23${iconColors[verdict]}'/%3E`;
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E${circle}%3C/svg%3E`;
}
