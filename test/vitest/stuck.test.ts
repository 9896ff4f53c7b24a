/** Code of a test that never releases the processor is named, in a real Vitest and without one. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runVitest } from './run-vitest.js';

const fixture = path.resolve(import.meta.dirname, 'fixture');
const scratch = mkdtempSync(path.join(tmpdir(), 'sim-stuck-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('the watchdog of simTest', () => {
  it('names seed, node, virtual time and the line as it was written, and Vitest ends', () => {
    const root = path.join(fixture, 'stuck');
    const { text, code } = runVitest(scratch, [
      '--root',
      root,
      '--config',
      path.join(fixture, 'vitest.config.ts'),
    ]);
    expect(code).toBe(1);
    const file = path.join(root, 'stuck.test.ts');
    const line = readFileSync(file, 'utf8').split('while (')[0]?.split('\n').length ?? 0;
    expect(text).toContain(`sim: stuck at ${file}:${line}:`);
    expect(text).toMatch(
      /: node spinner in seed 0 of never-lets-go, at 2\d[\d.]* ms of virtual time \(event \d+\), has kept/,
    );
    expect(text).toContain(`    at ${file}:${line}:`);
  });
});

describe('the watchdog of simulate', () => {
  const busy = (where: string, env: Readonly<Record<string, string>> = {}) =>
    spawnSync(process.execPath, [path.join(fixture, 'stuck/busy.mjs'), where], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });

  it('ends the process with exit code 70', () => {
    const { status, stderr } = busy('in a node');
    expect(status, stderr).toBe(70);
    expect(stderr).toMatch(/^sim: stuck at .*busy\.mjs:[67]:\d+: node spinner in seed 0 of test, at /m);
  });

  it('is off with SIM_WATCHDOG=0', () => {
    const { status, stderr } = busy('in a node', { SIM_WATCHDOG: '0' });
    expect(status, stderr).toBe(0);
  });

  it('watches no longer than the test runs', () => {
    const { status, stderr } = busy('after the test');
    expect(status, stderr).toBe(0);
  });
});
