/** Other versions of Node.js, which come from npm, for Linux on x64. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../documents.js';

const folder = path.join(root, 'tools/node-versions');

export const nodeVersions = ['node22', 'node24'] as const;

/** Why there are none; undefined if they are available. */
export const nodeVersionsMissing =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : 'other versions of Node.js come from npm for linux-x64 only';

/** The path of its binary. */
export function nodeOf(version: (typeof nodeVersions)[number]): string {
  return path.join(folder, 'node_modules', version, 'bin/node');
}

/** Installs missing ones. */
export function installNodeVersions(): void {
  if (nodeVersions.every((version) => existsSync(nodeOf(version)))) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
}
