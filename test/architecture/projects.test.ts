/** A test file's name shows whether it needs a real program: those of the project `real` do, no others. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { importsOf, sources } from './sources.js';

/** The modules that find, build or install real programs. */
const PROVIDERS = ['test/real/provide.ts', 'test/real/node-versions.ts', 'bench/browser/chromium.ts'];

const imports = new Map(
  sources
    .filter((source) => source.path.startsWith('test/'))
    .map((source) => [
      source.path,
      importsOf(source)
        .filter(({ typeOnly }) => !typeOnly)
        .map(({ to }) => to),
    ]),
);

/** The provider that a file imports, directly or through other test files. */
function providerOf(file: string, seen = new Set<string>()): string | undefined {
  if (PROVIDERS.includes(file)) return file;
  if (seen.has(file)) return undefined;
  seen.add(file);
  return (imports.get(file) ?? []).map((to) => providerOf(to, seen)).find((found) => found !== undefined);
}

const tests = [...imports.keys()].filter((file) => file.endsWith('.test.ts'));
const isReal = (file: string): boolean => /^(.+-)?real\.test\.ts$/.test(path.basename(file));

it('a test file whose name ends in real.test.ts needs a real program', () => {
  expect(tests.filter((file) => isReal(file) && providerOf(file) === undefined)).toEqual([]);
});

it('a test file with another name needs none', () => {
  expect(tests.filter((file) => !isReal(file) && providerOf(file) !== undefined)).toEqual([]);
});

it('the providers of real programs are where this test expects them', () => {
  const known = new Set(sources.map(({ path: file }) => file));
  expect(PROVIDERS.filter((file) => !known.has(file))).toEqual([]);
});
