/**
 * The README opens with the essentials, and is short. docs.test.ts checks that its commands end as stated,
 * with those of the other pages.
 */
import { accessSync, constants, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks, root } from './documents.js';

const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const blocks = codeBlocks('README.md');
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.replaceAll('\\\n', '').split('\n'))
  .filter((line) => line !== '');

describe('the README', () => {
  it('opens with two commands: one that runs the bank, one that runs the tests', () => {
    expect(commands.slice(0, 2)).toEqual([
      'npm ci && npm run build && npx sim --seed 42 --scenario bank',
      'npm ci && npm test',
    ]);
    expect(readFileSync(path.join(root, '.ci/run'), 'utf8')).toContain(commands[1]);
  });

  it('names a command that the shell may run after every build', () => {
    const { bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      readonly bin: Readonly<Record<string, string>>;
    };
    expect(Object.keys(bin)).toContain('sim');
    for (const file of Object.values(bin)) accessSync(path.join(root, file), constants.X_OK);
  });

  it('takes five minutes to read', () => {
    expect(readme.split(/\s+/).length).toBeLessThan(1200);
  });

  it('shows a picture that a page can load', () => {
    const [, picture = ''] = /!\[[^\]]+\]\(([^)]+)\)/.exec(readme) ?? [];
    const bytes = readFileSync(path.join(root, picture));
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeLessThan(200_000);
  });
});
