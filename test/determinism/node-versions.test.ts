/**
 * A seed gives the same run in another process and on other versions of Node.js. The other versions come from npm,
 * for Linux on x64; elsewhere this skips, with a line that says so.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const versions = path.join(root, 'tools/node-versions');
const available = process.platform === 'linux' && process.arch === 'x64';
if (!available) console.warn('skipped: other versions of Node.js come from npm for linux-x64 only');

function traceHash(node: string, seed: number): string {
  const output = execFileSync(
    node,
    ['dist/scenarios/main.js', '--seed', String(seed), '--scenario', 'bank', '--json', '--no-report'],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  return (JSON.parse(output) as { trace: { hash: string } }).trace.hash;
}

describe('a seed', () => {
  it('gives the same trace hash in another process, and another seed gives another', () => {
    const hash = traceHash(process.execPath, 42);
    expect(traceHash(process.execPath, 42)).toBe(hash);
    expect(traceHash(process.execPath, 43)).not.toBe(hash);
  });

  describe.skipIf(!available)('on other versions of Node.js', () => {
    beforeAll(() => {
      if (existsSync(path.join(versions, 'node_modules/node24/bin/node'))) return;
      execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: versions, stdio: 'inherit' });
    });

    it.each(['node22', 'node24'])('gives the same trace hash on %s', (name) => {
      const node = path.join(versions, 'node_modules', name, 'bin/node');
      expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(`v${name.slice(4)}.`);
      expect(traceHash(node, 42)).toBe(traceHash(process.execPath, 42));
    });
  });
});
