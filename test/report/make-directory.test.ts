/** Directories for reports and corpora: made with their parents, or refused with the system's reason. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeDirectory } from '../../sim/report/make-directory.js';

const root = mkdtempSync(path.join(tmpdir(), 'sim-directories-'));
afterAll(() => rmSync(root, { recursive: true }));

it('is made with its parents, twice, and by several at once', async () => {
  const deep = path.join(root, 'a/b/c');
  await Promise.all([makeDirectory(deep), makeDirectory(deep)]);
  await makeDirectory(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
});

it('is refused below a file, and where a file has its name', async () => {
  writeFileSync(path.join(root, 'file'), '');
  await expect(makeDirectory(path.join(root, 'file/below'))).rejects.toThrow('ENOTDIR');
  await expect(makeDirectory(path.join(root, 'file'))).rejects.toThrow('EEXIST');
});

it.skipIf(!existsSync('/proc/self'))('is refused under /proc, and ends', async () => {
  await expect(makeDirectory('/proc/none/below')).rejects.toThrow('ENOENT');
});
