/** Rows in columns that fit a width. Invariant: no line is longer than the width, and colours count nothing. */
import { cut } from '../layout.js';

export interface Cell {
  readonly text: string;
  /** Flush right. */
  readonly isNumber?: true;
  /** A text that is too long loses its middle, not its end. */
  readonly keepsEnd?: true;
  /** Colours the text after it was cut. */
  paint?(text: string): string;
}

const GAP = 2;
/** A column that gives way keeps at least so many characters. */
const COLUMN_MIN = 6;

/** Lays out rows behind a margin; the widest columns give way first. */
export function gridLines(
  rows: readonly (readonly Cell[])[],
  place: { readonly width: number; readonly margin: number },
): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...rows.map((row) => row[column]?.text.length ?? 0)),
  );
  let surplus = place.margin + sumOf(widths) + GAP * (count - 1) - place.width;
  while (surplus > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= COLUMN_MIN) break;
    const next = Math.max(COLUMN_MIN, ...widths.filter((other) => other < width));
    const less = Math.min(surplus, Math.max(1, width - next));
    widths[widest] = width - less;
    surplus -= less;
  }
  return rows.map((row) => {
    const cells = row.map(({ text, isNumber, keepsEnd, paint }, column) => {
      const width = widths[column] ?? 0;
      const shown = keepsEnd === true ? cutMiddle(text, width) : cut(text, width);
      const isLast = column === row.length - 1 && isNumber !== true;
      const space = isLast ? '' : ' '.repeat(width - shown.length);
      const painted = paint === undefined ? shown : paint(shown);
      return isNumber === true ? space + painted : painted + space;
    });
    return `${' '.repeat(place.margin)}${cells.join(' '.repeat(GAP))}`;
  });
}

function cutMiddle(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const end = Math.floor((lengthMax - 1) / 2);
  return `${text.slice(0, lengthMax - 1 - end)}…${text.slice(text.length - end)}`;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
