/**
 * An HTML page that needs nothing else: the application from `reports/app` with its data inside. Invariant: only
 * the application's script and style run, by their hashes; no part of a result is ever markup.
 */
import { createHash } from 'node:crypto';
import { singleLine } from '../input/parsed.js';
import type { Verdict } from '../run/run-result.js';
import { embed } from './page/embed.js';

/** The application as built. */
export interface PageApp {
  /** CommonJS modules by their names, such as `reports/app/diagram/draw`. */
  readonly modules: Readonly<Record<string, string>>;
  readonly style: string;
}

/** A page: what it is about, and its data. */
export interface Page {
  readonly title: string;
  readonly verdict: Verdict;
  readonly data: object;
}

/** The module that begins. */
export const ENTRY = 'reports/app/main';

export function formatHtml({ title, verdict, data }: Page, app: PageApp): string {
  const script = joinModules(app.modules);
  const style = `\n${withUnixLines(app.style)}`;
  assertInert(style, 'style');
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
    `<title>${escapeText(singleLine(title))}</title>`,
    `<link rel="icon" href="${iconOf(verdict)}">`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<noscript>This report needs JavaScript, which is switched off.</noscript>',
    embed(JSON.stringify(data)),
    `<script>${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Makes a text safe as the content of an element. */
function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The modules as one script with a loader for their `require`. */
function joinModules(modules: Readonly<Record<string, string>>): string {
  const names = Object.keys(modules).sort();
  if (!names.includes(ENTRY)) throw new Error(`the report's application has no module ${ENTRY}`);
  const definitions = names.map(
    (name) => `'${name}.js': (exports, require) => {\n${withUnixLines(modules[name] ?? '')}}`,
  );
  const script = `
(() => {
'use strict';
const definitions = {
${definitions.join(',\n')},
};
const loaded = {};
const load = (name) => {
  if (!(name in definitions)) throw new Error('the report has no module ' + name);
  if (!(name in loaded)) definitions[name]((loaded[name] = {}), (path) => load(resolve(name, path)));
  return loaded[name];
};
const resolve = (from, path) => {
  const parts = from.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
};
load('${ENTRY}.js');
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
function iconOf(verdict: Verdict): string {
  const circle = `%3Ccircle cx='8' cy='8' r='6' fill='%23${iconColors[verdict]}'/%3E`;
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E${circle}%3C/svg%3E`;
}
