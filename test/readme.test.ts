/** What the README shows is true: its commands end as it says, and its code is code that runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { simInProcess, type Shown } from './cli/in-process.js';
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

/** Commands that another test runs, as they stand here. */
const ELSEWHERE: Readonly<Record<string, string>> = { 'npx sim canary': 'test/scenarios/every.test.ts' };

const needsEtcd = (line: string): boolean => line.includes('--backend real') || line.includes('conformance');

/** Whether it loads code of the user's, for whom it changes its process, or starts another. */
const needsProcess = (line: string): boolean => /--config|--check-determinism/.test(line);

function simProcess(argv: readonly string[], cwd: string): Shown {
  const done = spawnSync(process.execPath, ['dist/scenarios/main.js', ...argv], { cwd, encoding: 'utf8' });
  return { code: done.status ?? -1, stdout: done.stdout, stderr: done.stderr };
}

describe('the README', () => {
  it('opens with two commands: one that runs the bank, one that runs the tests', () => {
    expect(commands.slice(0, 2)).toEqual([
      'npm ci && npm run build && npx sim --seed 42 --scenario bank',
      'npm ci && npm test',
    ]);
    expect(readFileSync(path.join(root, '.ci/run'), 'utf8')).toContain(commands[1]);
  });

  const runs = commands.filter(
    (line) => line.startsWith('npx sim') && !needsEtcd(line) && !(line in ELSEWHERE),
  );
  it.each(runs)('tells the truth about `%s`', async (line) => {
    const { words, code } = parse(line);
    const out = words[0] === 'list' ? [] : ['--out', path.join(scratch, 'reports')];
    const sim = needsProcess(line) ? simProcess : simInProcess;
    const done = await sim([...words, ...out], root);
    expect(done.code, done.stdout + done.stderr).toBe(code);
  });

  it('shows the example as it is', () => {
    expect(scripts).toContain(readFileSync(path.join(root, 'docs/examples/counter/sim.config.mjs'), 'utf8'));
  });
});
