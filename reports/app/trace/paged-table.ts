/** A long list as a table that shows one page at a time, with a filter. Invariant: only the rows of that page exist. */
import { button, element, table, type ColumnHead } from '../page/dom.js';
import { formatCount } from '../page/format.js';

export interface LongList {
  readonly heads: readonly ColumnHead[];
  readonly count: number;
  cells(row: number): readonly string[];
  /** The first row at or after a time. */
  rowAt(timeUs: number): number;
}

export interface PagedTable {
  readonly root: HTMLElement;
  readonly filter: string;
}

export interface PagedTableRequest {
  readonly list: LongList;
  /** What a row is, such as `events`. */
  readonly noun: string;
  readonly filter: string;
  cursorUs(): number;
  /** The filter has changed. */
  filtered(): void;
}

const PAGE_ROWS = 50;

export function pagedTable({ list, noun, filter, cursorUs, filtered }: PagedTableRequest): PagedTable {
  const input = element('input', {
    type: 'search',
    name: 'find',
    placeholder: 'filter',
    'aria-label': `Show ${noun} with`,
  });
  input.value = filter;
  const place = element('div', {});
  const readout = element('output', { class: 'readout' });
  let rows = matching(list, filter);
  let first = 0;
  const show = (from: number): void => {
    const count = rows?.length ?? list.count;
    first = Math.max(0, Math.min(from, count - PAGE_ROWS));
    const end = Math.min(count, first + PAGE_ROWS);
    const shown = Array.from({ length: end - first }, (_, at) => rows?.[first + at] ?? first + at);
    readout.textContent =
      count === 0
        ? `no ${noun}`
        : `${noun} ${formatCount(first + 1)} to ${formatCount(end)} of ${formatCount(count)}`;
    place.replaceChildren(
      table(
        list.heads,
        shown.map((row) => ({ cells: list.cells(row) })),
      ),
    );
  };
  input.addEventListener('input', () => {
    rows = matching(list, input.value);
    show(0);
    filtered();
  });
  const toCursor = (): void => {
    const row = list.rowAt(cursorUs());
    const position = rows === undefined ? row : rows.findIndex((one) => one >= row);
    show((position === -1 ? (rows?.length ?? 0) : position) - 5);
  };
  const controls = element(
    'div',
    { class: 'toolbar' },
    element('div', { class: 'chips' }, input, readout),
    element(
      'div',
      { class: 'zoom', role: 'group', 'aria-label': `Pages of ${noun}` },
      button('First', () => show(0)),
      button('Previous', () => show(first - PAGE_ROWS)),
      button('Next', () => show(first + PAGE_ROWS)),
      button('Last', () => show(list.count)),
      button('At the moment shown', toCursor),
    ),
  );
  show(0);
  return {
    root: element('div', { class: 'paged' }, controls, place),
    get filter() {
      return input.value;
    },
  };
}

/** The rows with the text; undefined for all. */
function matching(list: LongList, text: string): number[] | undefined {
  if (text === '') return undefined;
  const wanted = text.toLowerCase();
  const found: number[] = [];
  for (let row = 0; row < list.count; row++) {
    if (list.cells(row).some((cell) => cell.toLowerCase().includes(wanted))) found.push(row);
  }
  return found;
}
