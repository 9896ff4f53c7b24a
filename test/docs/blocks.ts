/**
 * The pages, divided into the parts that a test can check: code blocks with the note before each, links,
 * headings. A note is an HTML comment on the line before a block.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** README, CONTRIBUTING and everything under docs/, from the root. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].filter((page) => existsSync(path.join(root, page)));

export const textOf = (page: string): string => readFileSync(path.join(root, page), 'utf8');

export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** The text of the comment before it; empty if there is none. */
  readonly note: string;
}

const BLOCK = /^(?:<!-- (?<note>[^\n]*?) -->\n+)?```(?<language>\w*)\n(?<text>[^]*?)^```$/gm;

export function blocksOf(page: string): readonly Block[] {
  return Array.from(textOf(page).matchAll(BLOCK), ({ groups = {} }) => ({
    page,
    language: groups['language'] ?? '',
    text: groups['text'] ?? '',
    note: groups['note'] ?? '',
  }));
}

/** A command of a page, and the exit code that the page promises. */
export interface Command {
  readonly line: string;
  readonly words: readonly string[];
  readonly code: number;
}

/** The lines of a shell block. */
export function linesOf({ text }: Block): readonly string[] {
  return text
    .replaceAll(/\\\n */g, '')
    .split('\n')
    .filter((line) => line !== '');
}

/** `npx sim … # exits 1`; undefined for another command. */
export function parseCommand(line: string): Command | undefined {
  const [, words, code = '0'] = /^npx sim (.*?)(?: +# exits (\d+))?$/.exec(line) ?? [];
  return words === undefined ? undefined : { line, words: words.trim().split(/\s+/), code: Number(code) };
}

/** The words of every `sim` command inside a sentence, a table or a pipeline. */
export function mentionsOf(page: string): readonly (readonly string[])[] {
  const inSentences = [
    ...proseOf(page)
      .replaceAll(/\s*\n\s*/g, ' ')
      .matchAll(/`(?:npx )?sim (?<words>[^`]+)`/g),
  ];
  const inPipelines = [...textOf(page).matchAll(/^ *- run: npx sim (?<words>.*)$/gm)];
  return [...inSentences, ...inPipelines].map(({ groups = {} }) =>
    (groups['words'] ?? '').replaceAll(/\$\{\{.*?\}\}/g, '1').split(' '),
  );
}

/** An excerpt of the previous command's output: from one line up to, but without, another, or to the end. */
export interface Excerpt {
  readonly from: string;
  readonly to: string | undefined;
}

export function excerptOf({ note }: Block): Excerpt | undefined {
  const [, from, to] = /^output from "([^"]+)"(?: to "([^"]+)")?$/.exec(note) ?? [];
  return from === undefined ? undefined : { from, to };
}

/** @throws if the output has no such lines */
export function cutOut(output: string, { from, to }: Excerpt): string {
  const lines = output.split('\n');
  const first = lines.indexOf(from);
  const last = to === undefined ? lines.length : lines.indexOf(to, first);
  if (first < 0 || last < 0)
    throw new Error(`expected a line ${first < 0 ? from : (to ?? '')} in:\n${output}`);
  return `${lines.slice(first, last).join('\n').trimEnd()}\n`;
}

/** The text of a page without its blocks. */
export function proseOf(page: string): string {
  return textOf(page).replaceAll(/^```[^]*?^```$/gm, '');
}

/** The targets of links, without those to the web. */
export function linksOf(page: string): readonly string[] {
  const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((target) => !/^https?:/.test(target));
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): readonly string[] {
  return Array.from(textOf(page).matchAll(/^#+ (.*)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
