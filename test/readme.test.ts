/** What the README shows is true: its commands end as it says, and its code is code that runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { codeBlocks, root } from './documents.js';

const blocks = codeBlocks('README.md');
const commands = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.replaceAll('\\\n', '').split('\n'))
  .filter((line) => line !== '');
const scripts = blocks.filter(({ language }) => language === 'js').map(({ text }) => text);
const scratch = mkdtempSync(path.join(tmpdir(), 'etcd-sim-readme-'));

afterAll(() => rmSync(scratch, { recursive: true }));

/** The arguments of a `npx sim` line, and the exit code it promises. */
function parse(line: string): { readonly words: readonly string[]; readonly code: number } {
  const [command = '', promise] = line.split(' # exits ');
  return { words: command.trim().split(/\s+/).slice(2), code: Number(promise ?? 0) };
}

describe('the README', () => {
  it('opens with two commands: one that runs the bank, one that runs the tests', () => {
    expect(commands.slice(0, 2)).toEqual([
      'npm ci && npm run build && npx sim --seed 42 --scenario bank',
      'npm ci && npm test',
    ]);
    expect(readFileSync(path.join(root, '.ci/run'), 'utf8')).toContain(commands[1]);
  });

  const runs = commands.filter((line) => line.startsWith('npx sim'));
  const needsEtcd = (line: string) => line.includes('--backend real') || line.includes('conformance');
  it.each(runs.filter((line) => !needsEtcd(line)))('tells the truth about `%s`', (line) => {
    const { words, code } = parse(line);
    const writesNothing = ['list', 'canary'].includes(words[0] ?? '');
    const out = writesNothing ? [] : ['--out', path.join(scratch, 'reports')];
    const done = spawnSync(process.execPath, ['dist/scenarios/main.js', ...words, ...out], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(done.status, done.stdout + done.stderr).toBe(code);
  });

  it('shows the example as it is', () => {
    expect(scripts).toContain(readFileSync(path.join(root, 'docs/examples/counter/sim.config.mjs'), 'utf8'));
  });
});
