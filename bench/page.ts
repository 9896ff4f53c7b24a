/** The generated sections of pages in docs/: each is the text between its two markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const DOCS = path.resolve(import.meta.dirname, '../../docs');

/** The command that generates it. */
export type Section = `bench ${string}` | 'bench:bugs' | 'mutants' | 'repros';

/** The page of each. */
function pageOf(section: Section): string {
  return section === 'repros' ? 'track-record.md' : 'benchmarks.md';
}

export function writeSection(section: Section, text: string): void {
  const page = path.join(DOCS, pageOf(section));
  writeFileSync(page, withSection(readFileSync(page, 'utf8'), section, text));
}

export function readSection(section: Section): string {
  return sectionOf(readFileSync(path.join(DOCS, pageOf(section)), 'utf8'), section);
}

/** The page with a new section. */
export function withSection(page: string, section: Section, text: string): string {
  const { start, end } = placeOf(page, section);
  return `${page.slice(0, start)}\n\n${text}\n\n${page.slice(end)}`;
}

/** The text of the section. */
export function sectionOf(page: string, section: Section): string {
  const { start, end } = placeOf(page, section);
  return page.slice(start, end).trim();
}

function placeOf(page: string, section: Section): { readonly start: number; readonly end: number } {
  const opening = `<!-- npm run ${section} -->`;
  const start = page.indexOf(opening) + opening.length;
  const end = page.indexOf(`<!-- end of ${section} -->`);
  if (start < opening.length || end < start)
    throw new Error(`expected both markers of ${section} in the page`);
  return { start, end };
}
