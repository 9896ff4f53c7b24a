/**
 * Makes a directory and its parents. Node's own recursive `mkdir` loops for ever on a file system that denies
 * a new entry, such as /proc. Invariant: each directory is tried at most twice.
 */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** @throws the operating system's error for the directory that cannot be made */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(directory)).isDirectory()) return;
    const parent = path.dirname(directory);
    if (code !== 'ENOENT' || parent === directory) throw error;
    await makeDirectory(parent);
    await makeAt(directory);
  }
}

/** Another process may make the same directory in the meantime. */
async function makeAt(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
