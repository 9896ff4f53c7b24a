/** A plain Node.js program, with nothing of the command line, does what the command does. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const script = path.join(root, 'docs/examples/counter/check.mjs');
const scratch = mkdtempSync(path.join(tmpdir(), 'sim-check-'));

describe('docs/examples/counter/check.mjs', () => {
  let done: ReturnType<typeof spawnSync> & { readonly stdout: string };

  beforeAll(() => {
    done = spawnSync(process.execPath, [script, scratch], { encoding: 'utf8' });
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  it('sweeps, shrinks, explains and writes a report in at most 12 lines', () => {
    const lines = readFileSync(script, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('//'));
    expect(lines.length).toBeLessThanOrEqual(12);
  });

  it('finds the lost update', () => {
    expect(done.stdout).toMatch(/^violated: nothing-lost: revision \d+ made it \d+, but \d+ was due$/m);
    expect(done.status).toBe(1);
  });

  it('writes the page and the smallest repro', () => {
    const page = /report (.*)$/m.exec(done.stdout)?.[1] ?? '';
    expect(existsSync(page)).toBe(true);
    const repro = JSON.parse(readFileSync(path.join(path.dirname(page), 'repro.shrunk.json'), 'utf8')) as {
      readonly plan: { readonly nodes: readonly unknown[] };
    };
    expect(repro.plan.nodes.length).toBeLessThan(3);
  });
});
