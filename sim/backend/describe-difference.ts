/**
 * What an error says beyond one line: mostly the difference between what an assertion expected and what came. Invariant:
 * it never throws, and its result is bounded.
 */
import { AssertionError } from 'node:assert';
import { stripVTControlCharacters } from 'node:util';
import { attempt } from '../input/describe-value.js';
import { isError } from '../input/describe-thrown.js';

const LINES_MAX = 60;
const LINE_LENGTH_MAX = 200;

/** What stands below the first line of its message, or else the lines of `+` for what came and `-` for what was expected. */
export function describeDifference(thrown: unknown): string | undefined {
  if (!isError(thrown)) return undefined;
  const lines: unknown = attempt(() => differenceOf(thrown));
  return Array.isArray(lines) && lines.length > 0 ? cut(lines as readonly string[]) : undefined;
}

function differenceOf(error: Error): readonly string[] {
  const [, ...below] = linesOf(error.message);
  if (below.length > 0) return below;
  const { actual, expected, showDiff = true } = error as Readonly<Record<string, unknown>> & Error;
  if (showDiff !== true || !(isLong(actual) && isLong(expected))) return [];
  const { message } = new AssertionError({ actual, expected, operator: 'deepStrictEqual' });
  const [, , ...difference] = linesOf(message);
  return difference;
}

/** Runners color them. */
function linesOf(text: string): readonly string[] {
  return stripVTControlCharacters(text.trimEnd())
    .split('\n')
    .filter((line) => line.trim() !== '');
}

function isLong(value: unknown): boolean {
  return typeof value === 'string' ? value.includes('\n') : typeof value === 'object' && value !== null;
}

function cut(lines: readonly string[]): string {
  const shown = lines
    .slice(0, LINES_MAX)
    .map((line) => (line.length > LINE_LENGTH_MAX ? `${line.slice(0, LINE_LENGTH_MAX)}…` : line));
  const more = lines.length - LINES_MAX;
  return [...shown, ...(more > 0 ? [`… ${more} more lines`] : [])].join('\n');
}
