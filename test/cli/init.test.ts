/** `sim init`: what it writes, what it leaves alone, and what it refuses. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { initCommand } from '../../sim/cli/commands/init-command.js';
import { Memory } from './harness.js';

let cwd = '';
beforeEach(() => (cwd = mkdtempSync(path.join(os.tmpdir(), 'sim-init-'))));
afterEach(() => rmSync(cwd, { recursive: true }));

function init(folder?: string): readonly string[] {
  const stdout = new Memory();
  expect(initCommand(folder, { cwd, stdout })).toBe(0);
  return stdout.lines;
}

it('writes a test, a config and a workflow, and says what to type next', () => {
  const lines = init('new one');
  const wrote = lines.filter((line) => line.startsWith('wrote')).map((line) => line.split(/ +/)[1] ?? '');
  expect(wrote).toContain('test/counter.test.ts');
  expect(wrote).toContain('sim.config.ts');
  expect(wrote).toContain('.github/workflows/simulation.yml');
  for (const file of wrote) expect(existsSync(path.join(cwd, 'new one', file)), file).toBe(true);
  expect(lines.at(-1)).toMatch(/^cd 'new one' && npm install --save-dev etcd-sim .* && npx vitest run$/);
});

it('leaves out of the next line what is installed', () => {
  for (const name of ['etcd-sim', 'vitest'])
    mkdirSync(path.join(cwd, 'node_modules', name), { recursive: true });
  expect(init().at(-1)).toBe('npm install --save-dev etcd3 fast-check && npx vitest run');
  for (const name of ['etcd3', 'fast-check']) mkdirSync(path.join(cwd, 'node_modules', name));
  expect(init().at(-1)).toBe('npx vitest run');
});

it('keeps what is there', () => {
  writeFileSync(path.join(cwd, 'package.json'), '{ "name": "mine" }');
  expect(init()[0]).toMatch(/^kept +package\.json/);
  expect(readFileSync(path.join(cwd, 'package.json'), 'utf8')).toBe('{ "name": "mine" }');
  expect(init().filter((line) => line.startsWith('wrote'))).toEqual([]);
});

it('refuses a file where a folder belongs, in one line', () => {
  writeFileSync(path.join(cwd, 'file'), '');
  expect(() => init('file')).toThrow(/^[^\n]*expects a folder[^\n]*"file"$/);
});
