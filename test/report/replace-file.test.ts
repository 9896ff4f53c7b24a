/** Replacing a file leaves a link a link and a pipe a pipe. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replaceFile } from '../../sim/report/replace-file.js';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'sim-replace-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

it('replaces what a link leads to, and keeps the link', async () => {
  const [target, link] = [path.join(folder, 'target'), path.join(folder, 'link')];
  await writeFile(target, 'old');
  await symlink('target', link);
  await replaceFile(link, 'new');
  expect([await readFile(target, 'utf8'), await readlink(link)]).toEqual(['new', 'target']);
  expect((await readdir(folder)).sort()).toEqual(['link', 'target']);
});

it('writes into a pipe, which stays one', async () => {
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const [text] = await Promise.all([readFile(pipe, 'utf8'), replaceFile(pipe, 'new')]);
  expect(text).toBe('new');
  expect((await stat(pipe)).isFIFO()).toBe(true);
  expect(await readdir(folder)).toEqual(['pipe']);
});
