/** The sections of docs/benchmarks.md that commands make: each is what stands between its two markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const PAGE = path.resolve(import.meta.dirname, '../../../docs/benchmarks.md');

/** The command that makes it. */
export type Section = 'bench:bugs' | 'repros';

export function writeSection(section: Section, text: string): void {
  writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), section, text));
}

/** The page with the section anew. */
export function withSection(page: string, section: Section, text: string): string {
  const { start, end } = placeOf(page, section);
  return `${page.slice(0, start)}\n\n${text}\n\n${page.slice(end)}`;
}

/** What stands in the section. */
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
