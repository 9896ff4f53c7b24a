/** Replaces whole files. A link stays a link; a device or a pipe gets the text, and stays one. */
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A concurrent reader sees the old file or the new one, complete. */
export async function replaceFile(file: string, text: string): Promise<void> {
  await replaceBy(file, (temporary) => writeFile(temporary, text));
}

/** As {@link replaceFile}, and the new file survives a crash of the machine. */
export async function replaceFileDurably(file: string, text: string): Promise<void> {
  await replaceBy(file, (temporary) => writeFile(temporary, text, { flush: true }));
  const directory = await open(path.dirname(file));
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function replaceBy(asked: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const { file, isPlain } = await targetOf(asked);
  if (!isPlain) return write(file);
  const temporary = temporaryName(file);
  try {
    await write(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Where the text goes; renaming onto a device would put a file in its place. */
async function targetOf(file: string): Promise<{ readonly file: string; readonly isPlain: boolean }> {
  try {
    const found = await stat(file);
    return { file: await realpath(file), isPlain: found.isFile() || found.isDirectory() };
  } catch {
    return { file, isPlain: true };
  }
}

let temporaryCount = 0;

/**
 * Beside the replaced file, so that renaming stays within one file system. A killed run may leave one behind.
 */
export function temporaryName(file: string): string {
  temporaryCount++;
  return `${file}.${process.pid}-${temporaryCount}.tmp`;
}
