/** The blobs that a command takes. Invariant: a folder stands for its blobs, in the order of their paths. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { InputError, quote } from '../../input/parsed.js';

const BLOB = '.blob';

export interface BlobFiles {
  readonly command: 'merge' | 'trend';
  /** Blobs and folders, as the user wrote them. */
  readonly files: readonly string[];
  readonly cwd: string;
  /** Whether a folder stands for the blobs in its folders too. */
  readonly recursive: boolean;
}

/** As the user wrote them. @throws InputError where there are none */
export async function findBlobs({ command, files, cwd, recursive }: BlobFiles): Promise<string[]> {
  if (files.length === 0) throw new InputError(`expected the files of blobs after sim ${command}, got none`);
  const found: string[] = [];
  for (const file of files) {
    const names = await filesIn(path.resolve(cwd, file), recursive);
    const blobs = names?.filter((name) => name.endsWith(BLOB)).sort();
    if (blobs?.length === 0) throw new InputError(`expected blobs in ${quote(file, 200)}, got none`);
    found.push(...(blobs?.map((name) => path.join(file, name)) ?? [file]));
  }
  return found;
}

/** Undefined where it is no folder. */
async function filesIn(folder: string, recursive: boolean): Promise<string[] | undefined> {
  try {
    const entries = await readdir(folder, { recursive, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  } catch {
    return undefined;
  }
}
