/** No promise of docs/recipes.md is without a test that holds it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { promises } from './promises.js';

const testFolder = path.dirname(import.meta.dirname);
const page = readFileSync(path.join(testFolder, '../docs/recipes.md'), 'utf8');

/** The sentences of a paragraph or a list. */
function sentencesOf(text: string): string[] {
  const line = text
    .replace(/(^|\n)- /g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line.split(/(?<=\.) (?=[A-Z`])/);
}

/** What the page promises, by its headings. */
function promised(): ReadonlyMap<string, readonly string[]> {
  const [opening = '', ...sections] = page.split(/^## /m);
  const ofAll = opening.slice(opening.indexOf('\n- '), opening.indexOf('**With authentication**'));
  const found = new Map([['all recipes', sentencesOf(ofAll)]]);
  for (const section of sections) {
    const guarantee = /\*\*Guarantee\.\*\*([^]*?)\n\n/.exec(section)?.[1];
    if (guarantee !== undefined) found.set(section.split('\n')[0] ?? '', sentencesOf(guarantee));
  }
  return found;
}

it('the table has every section that guarantees something', () => {
  expect(Object.keys(promises)).toEqual([...promised().keys()]);
});

describe.each(Object.entries(promises))('the promises of %s', (section, tests) => {
  it('is every sentence of the page, in its order', () => {
    const sentences = promised().get(section) ?? [];
    const begins = Object.keys(tests);
    expect(
      sentences.map((sentence) => begins.find((begin) => sentence.startsWith(begin)) ?? sentence),
    ).toEqual(begins);
  });

  it('is held by existing tests', () => {
    for (const [promise, held] of Object.entries(tests)) {
      expect({ promise, tests: held.length }).not.toEqual({ promise, tests: 0 });
      for (const [file, name] of held) {
        expect({
          file,
          has: readFileSync(path.join(testFolder, file), 'utf8').includes(name) || name,
        }).toEqual({
          file,
          has: true,
        });
      }
    }
  });
});
