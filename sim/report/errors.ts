/**
 * The errors with which operations ended, most frequent first: without them a mistake in a scenario looks
 * like a fault.
 */
import type { Operation } from '../history/history.js';
import { singleLine } from '../input/parsed.js';
import { cut, indent } from './layout.js';
import { formatCount } from './quantities.js';
import type { Style } from './sections.js';

const ERRORS_MAX = 5;
const ERROR_LENGTH_MAX = 240;

/** One line for each kind of error: how often, how the operations ended, and its message. */
export function errorLines(operations: readonly Operation[], { paint, width }: Style): string[] {
  const counts = new Map<string, number>();
  for (const { outcome } of operations) {
    if (outcome === undefined || outcome.kind === 'ok') continue;
    const { name, message } = outcome.error;
    const text = `${outcome.kind}  ${cut(singleLine(`${name}: ${message}`), ERROR_LENGTH_MAX)}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  const shown = rows.slice(0, ERRORS_MAX);
  const countWidth = Math.max(0, ...shown.map(([, count]) => formatCount(count).length));
  const margin = countWidth + 4;
  const lines = shown.flatMap(([text, count]) => {
    const [first = '', ...rest] = indent(text, { width, margin, hanging: 2 });
    return [`  ${formatCount(count).padStart(countWidth)}  ${first.trimStart()}`, ...rest];
  });
  const left = rows.length - shown.length;
  return left > 0 ? [...lines, paint.quiet(`  and ${formatCount(left)} more`)] : lines;
}
