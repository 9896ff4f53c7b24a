/** The sessions in the README and the docs, typed exactly as shown. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveEtcd, type ServedEtcd } from '../../sim/serve/serve.js';
import { root } from '../architecture/sources.js';
import { describeTerminal, recipeAtTerminal } from './support/recipe-process.js';

const sessions = ['README.md', 'docs/recipes.md'].flatMap((page) => {
  const text = readFileSync(path.join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```console\n\$ npx recipe (.*)\n([\s\S]*?)^```$/gm)];
  return blocks.map(([, words = '', screen = '']) => ({ page, words, screen }));
});

describeTerminal('a session that is shown', () => {
  let etcd: ServedEtcd;
  beforeAll(async () => {
    etcd = await serveEtcd();
  });
  afterAll(() => etcd.close());

  it('exists at all', () => {
    expect(sessions).not.toEqual([]);
  });

  it.each(sessions)('is accurate: recipe $words in $page', async ({ words, screen }) => {
    const recipe = recipeAtTerminal(...words.split(' '), '--addr', etcd.endpoints.join(','));
    try {
      for (const [, typed = ''] of screen.matchAll(/^> (.*)$/gm)) {
        await recipe.says('> ');
        recipe.type(typed);
      }
      expect((await recipe.ended).code).toBe(0);
      expect(recipe.said).toBe(`\n${screen}`);
    } finally {
      await recipe.kill();
    }
  });
});
