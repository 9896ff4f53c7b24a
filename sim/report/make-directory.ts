/**
 * Makes a directory with those above it. Node's own recursive `mkdir` never ends where a file system says of a new entry
 * that it does not exist, as /proc does. Invariant: each directory is asked for twice at most.
 */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** @throws what the operating system says of the directory that cannot be made */
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

/** Whoever made it meanwhile made the same. */
async function makeAt(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
