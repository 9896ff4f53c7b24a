/** `sim debug` with the repro of a test: its Vitest runs it, and the command steps through that run. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vitestWords } from '../../sim/cli/debug/timeline-of-test.js';
import { root } from '../documents.js';

const folder = mkdtempSync(path.join(tmpdir(), 'sim-debug-of-test-'));
let repro = '';

/** A project of a user's, with the failure of the README's lock. */
beforeAll(() => {
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules/etcd-sim'));
  for (const name of ['vitest', 'etcd3', 'fast-check', '.bin']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(folder, 'node_modules', name));
  }
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  for (const file of ['job-lock.ts', 'job-lock.test.ts']) {
    cpSync(path.join(root, 'docs/examples/first-test', file), path.join(folder, file));
  }
  // As in a project that has installed it; here the library is not in node_modules.
  writeFileSync(
    path.join(folder, 'vitest.config.mjs'),
    'export default { test: { server: { deps: { external: [/\\/dist\\//] } } } };\n',
  );
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const { stdout, stderr } = run(process.execPath, [vitest, 'run']);
  repro = /^\s*repro: (\S+)/m.exec(stdout + stderr)?.[1] ?? '';
  expect(repro, stdout + stderr).not.toBe('');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, words: readonly string[]) {
  return spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    input: '',
  });
}

const debug = (file: string, ...words: readonly string[]) =>
  run(process.execPath, [path.join(root, 'dist/scenarios/main.js'), 'debug', file, ...words]);

function otherRepro(change: (test: Record<string, unknown>) => void): string {
  const text = JSON.parse(readFileSync(path.join(folder, repro), 'utf8')) as {
    test: Record<string, unknown>;
  };
  change(text.test);
  writeFileSync(path.join(folder, 'other.json'), JSON.stringify(text));
  return 'other.json';
}

describe('sim debug with the repro of a test', () => {
  it('shows a moment with etcd, the calls of each node and what went wrong', () => {
    const { status, stdout, stderr } = debug(repro, '--at', 'failure');
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^event \d+ of \d+ · .* · revision \d+ · m1 leads$/m);
    expect(stdout).toMatch(/✗ one-inside-at-a-time: /);
    expect(stdout).toMatch(/n\d +KV\.DeleteRange #\d+ at m1/);
    expect(stdout).toMatch(/lock +taken/);
    expect(stderr).toBe('sim: npx vitest run job-lock.test.ts -t ^one worker at a time$\n');
  });

  it('says that the code has changed since', () => {
    const file = path.join(folder, 'job-lock.test.ts');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('sleep(50)', 'sleep(51)'));
    const { status, stderr } = debug(repro, '--at', 'end');
    writeFileSync(file, text);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('the code or the version has changed');
  });

  it('shows what Vitest printed where the test does not run', () => {
    const file = otherRepro((test) => (test['command'] = 'npx vitest run no-such.test.ts -t one'));
    const { status, stderr } = debug(file, '--at', 'end');
    expect(status).toBe(70);
    expect(stderr).toMatch(/No test files found/);
    expect(stderr).toMatch(/^sim: the test did not run its repro/m);
  });

  it.each([['node --test'], ['npx vitest run --config=evil -t one'], [undefined]])(
    'starts nothing but Vitest: %s',
    (command) => {
      const file = otherRepro((test) => {
        if (command === undefined) delete test['command'];
        else test['command'] = command;
      });
      const { status, stdout, stderr } = debug(file);
      expect({ status, stdout }).toEqual({ status: 64, stdout: '' });
      expect(stderr).toMatch(/^sim: [^\n]*expected a test that npx vitest runs[^\n]*\n$/);
    },
  );

  it('refuses to stop in code, in one line', () => {
    const { status, stderr } = debug(repro, '--break', '3');
    expect(status).toBe(64);
    expect(stderr).toMatch(/^sim: --break: expected the repro of a scenario[^\n]*\n$/);
  });
});

it.each([
  ['npx vitest run a.test.ts -t counts', ['vitest', 'run', 'a.test.ts', '-t', 'counts']],
  [
    `npx vitest run a.test.ts -t 'it'\\''s \\(two\\)'`,
    ['vitest', 'run', 'a.test.ts', '-t', `it's \\(two\\)`],
  ],
  ['npx vitest run a.test.ts -t a; rm -r b', undefined],
  ['npx vitest run -t counts', undefined],
  ['npx vitest run a.test.ts', undefined],
  ['npx jest a.test.ts -t counts', undefined],
])('the words of %s', (command, words) => {
  expect(vitestWords(command)).toEqual(words);
});
