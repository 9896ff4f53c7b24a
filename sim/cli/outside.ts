/** Lines of code outside the simulator. Invariant: a place within the simulator or a package is none. */
import path from 'node:path';
import { packageRoot } from '../package-root.js';
import type { SourceLine } from '../report/reporter.js';

const OWN = ['sim', 'dist/sim', 'node_modules'].map((folder) => path.join(packageRoot(), folder) + path.sep);

export function outside(source: SourceLine | undefined): SourceLine | undefined {
  if (source === undefined || !path.isAbsolute(source.file)) return undefined;
  const { file, line } = source;
  return OWN.some((folder) => file.startsWith(folder)) || file.includes('/node_modules/')
    ? undefined
    : { file, line };
}

/** The first such line of a stack: of its frames, or of the file that is no JavaScript. */
export function firstOutside(stack: string): SourceLine | undefined {
  for (const [, file = '', line = ''] of stack.matchAll(
    /(?:^|[\s(])(?:file:\/\/)?(\/[^\s():]+):(\d+)(?::\d+)?\)?$/gm,
  )) {
    const source = outside({ file, line: Number(line) });
    if (source !== undefined) return source;
  }
  return undefined;
}
