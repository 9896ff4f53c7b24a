/** Replaces whole files. */
import { open, rename, rm, writeFile } from 'node:fs/promises';
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

async function replaceBy(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await write(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
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
