/** The code blocks of this package's documents, for the tests that run them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

export interface CodeBlock {
  /** Such as `sh`. */
  readonly language: string;
  readonly text: string;
}

/** @param document from the root, such as `README.md` */
export function codeBlocks(document: string): readonly CodeBlock[] {
  const text = readFileSync(path.join(root, document), 'utf8');
  const blocks = text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return [...blocks].map(([, language = '', code = '']) => ({ language, text: code }));
}
