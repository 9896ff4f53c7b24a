/** The README's recipes run unchanged on a real etcd. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { codeBlocks, root } from './documents.js';
import { describeReal } from './real/available.js';
import { oneEtcd } from './real/support/one-etcd.js';

const scripts = codeBlocks('README.md')
  .filter(({ language }) => language === 'js')
  .map(({ text }) => text);

describeReal('the README’s recipes, on a real etcd', () => {
  const etcd = oneEtcd();

  it('run', () => {
    const recipe = scripts.find((text) => text.includes('new STM(client)')) ?? '';
    const hosts = JSON.stringify(etcd.hosts);
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
