/**
 * Lines of text: wrapping and columns. Invariant: the input is printable single lines (see `singleLine`),
 * widths are counted before colours are added, and no line ends in a space.
 */

/** Breaks a text at spaces into lines of at most `width` characters; a longer word stands alone. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Wraps behind a margin; every line but the first gets `hanging` more spaces. */
export function indent(
  text: string,
  place: { readonly width: number; readonly margin: number; readonly hanging?: number },
): string[] {
  const hanging = place.hanging ?? 0;
  const room = Math.max(WIDTH_MIN, place.width - place.margin - hanging);
  return wrapText(text, room).map(
    (line, index) => ' '.repeat(place.margin + (index === 0 ? 0 : hanging)) + line,
  );
}

/** The minimum width of a text. */
const WIDTH_MIN = 16;

/** A text after the start of its line, wrapped; below it if the line leaves too little room. */
export function indentBehind(start: string, text: string, width: number): string[] {
  if (width - start.length < WIDTH_BEHIND_MIN)
    return [start.trimEnd(), ...indent(text, { width, margin: MARGIN_BELOW })];
  const lines = indent(text, { width, margin: start.length });
  return lines.map((line, index) => (index === 0 ? start + line.slice(start.length) : line));
}

const WIDTH_BEHIND_MIN = 24;
const MARGIN_BELOW = 6;

/** One row: a name, a value and a note about it. */
export interface Row {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
}

/** Values up to this length share a column. */
const VALUE_LENGTH_MAX = 14;

/**
 * Lays out groups of rows in common columns: labels to the left, short numbers flush right, notes after them.
 * Other values begin where the column of numbers begins.
 *
 * @param paintNote colours a note after it was wrapped
 * @returns the lines of each group
 */
export function formatRows(
  groups: readonly (readonly Row[])[],
  place: { readonly width: number; readonly margin: number },
  paintNote: (text: string) => string,
): string[][] {
  const all = groups.flat();
  const labelWidth = Math.max(0, ...all.map(({ label }) => label.length));
  const valueWidth = Math.max(0, ...all.filter(isShort).map(({ value }) => value.length));
  const layOut = (row: Row): string[] => {
    const label = ' '.repeat(place.margin) + row.label.padEnd(labelWidth);
    const start = isShort(row) ? `${label}   ${row.value.padStart(valueWidth)}` : label;
    const room = Math.max(WIDTH_MIN, place.width - start.length - 3);
    const value = isShort(row) ? [] : wrapText(row.value, room);
    const note = row.note === undefined ? [] : wrapText(row.note, room).map(paintNote);
    const [first, ...rest] = [...value, ...note];
    const behind = ' '.repeat(start.length + 3);
    return [first === undefined ? start : `${start}   ${first}`, ...rest.map((text) => behind + text)];
  };
  return groups.map((rows) => rows.flatMap(layOut));
}

/** A number, perhaps with a unit. */
function isShort({ value }: Row): boolean {
  return value.length <= VALUE_LENGTH_MAX && /^-?\d[\d,.]*( (µs|ms|s))?$/.test(value);
}

/** Cuts a text that is too long for its column. */
export function cut(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}

/** A table as Markdown writes it, which reads well as plain text too. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [line(headings), line(rule), ...rows.map(line)].join('\n');
}
