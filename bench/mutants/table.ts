/** The scores as Markdown. Invariant: measuring one folder leaves the rows of the others as they were. */
import { table } from '../../sim/docs/table.js';
import { folderOf, folders } from './folders.js';
import type { Score } from './score.js';

/** When, of which commit and by which Node.js a score was measured. */
export interface Provenance {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
}

const HEADINGS = [
  ...['folder', 'mutants', 'killed', 'timed out', 'survived', 'not covered', 'excluded', 'score'],
  ...['date', 'commit', 'Node.js'],
];

export type Row = readonly string[];

export function rowOf(folder: string, score: Score, { date, commit, node }: Provenance): Row {
  const { mutants, killed, timedOut, survived, notCovered, excluded, percent } = score;
  const counts = [mutants, killed, timedOut, survived, notCovered, excluded].map(String);
  return [`\`${folder}\``, ...counts, `${percent.toFixed(1)} %`, date, commit, node];
}

/** The rows of a table that `scoreTable` has made. */
export function rowsOf(text: string): readonly Row[] {
  const lines = text.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/**
 * The newest row of every folder, in the order of the folders. Rows of its files stand below it, until the whole folder is
 * measured again.
 */
export function newestOf(rows: readonly Row[]): readonly Row[] {
  return folders.flatMap((folder) => {
    const at = rows.findLastIndex((row) => pathOf(row) === folder.name);
    const files = new Map(
      rows
        .slice(at + 1)
        .filter((row) => pathOf(row) !== folder.name && folderOf(pathOf(row)) === folder)
        .map((row) => [pathOf(row), row]),
    );
    const sorted = [...files].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
    return at < 0 ? sorted : [...rows.slice(at, at + 1), ...sorted];
  });
}

function pathOf([first = '']: Row): string {
  return first.replaceAll('`', '');
}

export function scoreTable(rows: readonly Row[]): string {
  return table(HEADINGS, rows);
}
