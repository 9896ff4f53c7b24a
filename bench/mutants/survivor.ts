/** A change that no test noticed, in one line: where it is, what stood there and what took its place. */
import path from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

const LENGTH_MAX = 100;

export type Change = Pick<MutantResult, 'fileName' | 'location' | 'mutatorName' | 'replacement' | 'status'>;

export function lineOf(change: Change, source: string): string {
  const { fileName, location, mutatorName, replacement = '', status } = change;
  const { start, end } = location;
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const original = lines
    .map((line, index) => (index === last ? line.slice(0, end.column - 1) : line))
    .map((line, index) => (index === 0 ? line.slice(start.column - 1) : line))
    .join('\n');
  const place = `${path.relative('', fileName)}:${start.line}:${start.column}`;
  const uncovered = status === 'NoCoverage' ? ' (no test gets there)' : '';
  return `${place} ${mutatorName}: ${onOneLine(original)} => ${onOneLine(replacement)}${uncovered}`;
}

function onOneLine(code: string): string {
  const text = code.replaceAll(/\s+/g, ' ');
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX - 1)}…` : text;
}
