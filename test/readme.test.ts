/**
 * The README opens with what everybody needs, is short, and its recipes run on a real etcd. That its commands end as it
 * says is tested in docs.test.ts, with those of the other pages.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../sim/backend/real/cluster.js';
import { describeReal } from './real/available.js';

const root = path.resolve(import.meta.dirname, '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.replaceAll('\\\n', '').split('\n'))
  .filter((line) => line !== '');
const scripts = blocks.filter(({ language }) => language === 'js').map(({ text }) => text);

describe('the README', () => {
  it('opens with two commands: one that runs the bank, one that runs the tests', () => {
    expect(commands.slice(0, 2)).toEqual([
      'npm ci && npm run build && npx sim --seed 42 --scenario bank',
      'npm ci && npm test',
    ]);
    expect(readFileSync(path.join(root, '.ci/run'), 'utf8')).toContain(commands[1]);
  });

  it('is read in five minutes', () => {
    expect(readme.split(/\s+/).length).toBeLessThan(1200);
  });

  it('shows a picture that a page can load', () => {
    const [, picture = ''] = /!\[[^\]]+\]\(([^)]+)\)/.exec(readme) ?? [];
    const bytes = readFileSync(path.join(root, picture));
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeLessThan(150_000);
  });
});

describeReal('the README’s recipes, on a real etcd', () => {
  let cluster: RealCluster;

  beforeAll(async () => {
    cluster = await startRealCluster({
      nodes: [],
      members: ['m1'],
      withoutProxy: true,
      progress: () => undefined,
    });
  });
  afterAll(() => cluster.close());

  it('run', () => {
    const recipe = scripts.find((text) => text.includes('new STM(client)')) ?? '';
    const hosts = JSON.stringify(cluster.observerHosts);
    const program = `${recipe.replace('new Etcd3()', `new Etcd3({ hosts: ${hosts} })`)}
      console.log(JSON.stringify({ job, value, conflicts, wrote: revision > 1 }));
      client.close();`;
    // Inside the package, so that it finds the package by its own name.
    const file = path.join(root, 'dist', `readme-recipe-${process.pid}.mjs`);
    writeFileSync(file, program);
    try {
      const output = execFileSync(process.execPath, [file], { encoding: 'utf8' });
      expect(JSON.parse(output)).toEqual({ job: 'resize photo 7', value: 1, conflicts: 0, wrote: true });
    } finally {
      rmSync(file);
    }
  });
});
