/** Files that are replaced as a whole. */
import { rename, rm, writeFile } from 'node:fs/promises';

/** Whoever reads the file meanwhile has the old one or the new one, whole. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = temporaryName(file);
  try {
    await writeFile(temporary, text);
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
