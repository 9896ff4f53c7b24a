/** The generated pages match their registries. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';
import { expect, test } from 'vitest';
import { PAGES } from '../../sim/docs/pages.js';
import { table } from '../../sim/docs/table.js';
import { faultKindNames } from '../../sim/faults/index.js';
import { strategyNames } from '../../sim/explore/strategies/strategy-selection.js';
import { VERSIONS } from '../../sim/etcd/version.js';
import { ALL_ERRORS } from '../../sim/etcd/errors.js';

const root = path.resolve(import.meta.dirname, '../..');

test.each(PAGES)('$path is what npm run docs writes', ({ path: file, render }) => {
  expect(readFileSync(path.join(root, file), 'utf8')).toBe(render(root));
});

test.each(PAGES)('$path is formatted', async ({ path: file, render }) => {
  const filepath = path.join(root, file);
  const options = await prettier.resolveConfig(filepath);
  expect(await prettier.format(render(root), { ...options, filepath })).toBe(render(root));
});

test('every error has a row', () => {
  const page = PAGES.find(({ path: file }) => file === 'docs/errors.md')?.render(root) ?? '';
  for (const { name, text } of ALL_ERRORS) {
    expect(page).toMatch(new RegExp(`^\\| ${name} +\\|`, 'm'));
    expect(page).toContain(text.trimEnd());
  }
});

test('every kind of fault has a row', () => {
  const page = PAGES.find(({ path: file }) => file === 'docs/faults.md')?.render(root) ?? '';
  for (const kind of faultKindNames) expect(page).toMatch(new RegExp(`^\\| \`${kind}\` +\\|`, 'm'));
});

test('every strategy has a row', () => {
  const page = PAGES.find(({ path: file }) => file === 'docs/strategies.md')?.render(root) ?? '';
  for (const name of strategyNames) expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
});

test('a table keeps characters that would end a cell', () => {
  expect(table(['a'], [['x|y']])).toBe('| a    |\n| ---- |\n| x\\|y |');
});

test('every difference between versions has a row', () => {
  const page = PAGES.find(({ path: file }) => file === 'docs/versions.md')?.render(root) ?? '';
  const rules = VERSIONS['3.6'];
  const { version, auth, maintenance, metrics, ...others } = rules;
  for (const name of [others, auth, maintenance, metrics].flatMap((group) => Object.keys(group))) {
    expect(page).toMatch(new RegExp(`^\\| ${name} +\\|`, 'm'));
  }
  expect(page).toContain(`| ${version} `);
});
