/** A seed gives the same run in another process and on other versions of Node.js. */
import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../documents.js';
import { installNodeVersions, nodeOf, nodeVersions, nodeVersionsMissing } from '../real/node-versions.js';

const few = ['--set', 'workers=5', '--set', 'transfers=20'];

function traceHash(node: string, seed: number): string {
  const words = ['--seed', String(seed), '--scenario', 'bank', ...few, '--reporter', 'json', '--no-report'];
  const output = execFileSync(node, ['dist/scenarios/main.js', ...words], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return (JSON.parse(output) as { trace: { hash: string } }).trace.hash;
}

const skipped = nodeVersionsMissing === undefined ? '' : ` (skipped: ${nodeVersionsMissing})`;

describe.skipIf(nodeVersionsMissing !== undefined)(`a seed on other versions of Node.js${skipped}`, () => {
  let hash: string;
  beforeAll(() => {
    installNodeVersions();
    hash = traceHash(process.execPath, 42);
  });

  it.each(nodeVersions)('gives the same trace hash on %s', (version) => {
    const node = nodeOf(version);
    expect(execFileSync(node, ['--version'], { encoding: 'utf8' })).toMatch(`v${version.slice(4)}.`);
    expect(traceHash(node, 42)).toBe(hash);
    expect(traceHash(node, 43)).not.toBe(hash);
  });
});
