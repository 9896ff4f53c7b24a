/** What `npm run mutants` is asked for. Invariant: what it cannot mean is refused in one line. */
import { parseArgs } from 'node:util';
import { folderOf, folders, type MutatedFolder } from './folders.js';

export interface MutantsRequest {
  readonly parts: readonly MutatedPart[];
  /** Whether what a run before has found is taken over where neither the code nor its tests have changed. */
  readonly incremental: boolean;
  /** Whether docs/benchmarks.md gets the scores. */
  readonly write: boolean;
}

/** A folder, or one place in it. */
export interface MutatedPart {
  readonly folder: MutatedFolder;
  /** A file, lines of it (`file.ts:10-20`) or a folder. */
  readonly path: string;
}

/** @throws Error */
export function parseRequest(words: readonly string[]): MutantsRequest {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      incremental: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const chosen = positionals.length === 0 ? folders.map(({ name }) => name) : positionals;
  const parts = chosen.map((path): MutatedPart => {
    const folder = folderOf(path);
    if (folder !== undefined) return { folder, path: path.replace(/\/$/, '') };
    throw new Error(`expected a path in one of ${folders.map(({ name }) => name).join(', ')}, got ${path}`);
  });
  const piece = parts.find(({ path }) => path.includes(':'));
  if (values.write && piece !== undefined)
    throw new Error(`--write: expected whole folders or files, got ${piece.path}`);
  return { parts, ...values };
}
