/** Two columns of text, the second wrapped, for the help and for lists. */

import { wrapText } from '../report/layout.js';

const LEFT_WIDTH_MAX = 34;

/** Lays out rows of (term, explanation); a term too long for its column stands on a line of its own. */
export function twoColumns(rows: readonly (readonly [string, string])[], width: number, indent = 2): string {
  const leftWidth = Math.min(LEFT_WIDTH_MAX, Math.max(0, ...rows.map(([left]) => left.length))) + 2;
  const margin = ' '.repeat(indent + leftWidth);
  const lines: string[] = [];
  for (const [left, right] of rows) {
    const [first = '', ...rest] = wrapText(right, Math.max(20, width - margin.length));
    const term = ' '.repeat(indent) + left;
    if (term.length + 2 > margin.length) lines.push(term, margin + first);
    else lines.push((term.padEnd(margin.length) + first).trimEnd());
    lines.push(...rest.map((line) => margin + line));
  }
  return lines.join('\n');
}
