/** Two columns of text, the second wrapped, for the help and for lists. */

const LEFT_WIDTH_MAX = 34;

/** Lays out rows of (term, explanation); a term too long for its column stands on a line of its own. */
export function twoColumns(rows: readonly (readonly [string, string])[], width: number, indent = 2): string {
  const leftWidth = Math.min(LEFT_WIDTH_MAX, Math.max(0, ...rows.map(([left]) => left.length))) + 2;
  const margin = ' '.repeat(indent + leftWidth);
  const lines: string[] = [];
  for (const [left, right] of rows) {
    const [first = '', ...rest] = wrap(right, Math.max(20, width - margin.length));
    const term = ' '.repeat(indent) + left;
    if (term.length + 2 > margin.length) lines.push(term, margin + first);
    else lines.push((term.padEnd(margin.length) + first).trimEnd());
    lines.push(...rest.map((line) => margin + line));
  }
  return lines.join('\n');
}

/** Breaks a text at spaces into lines of at most `width` characters; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
