/** Files that are replaced as a whole. */
import { open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Whoever reads the file meanwhile has the old one or the new one, whole. */
export async function replaceFile(file: string, text: string): Promise<void> {
  await replaceBy(file, (temporary) => writeFile(temporary, text));
}

/** As {@link replaceFile}, and what it wrote survives the machine. */
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

/** Beside the file it is to replace, so that renaming stays within one file system. A killed run may have left one. */
export function temporaryName(file: string): string {
  temporaryCount++;
  return `${file}.${process.pid}-${temporaryCount}.tmp`;
}
