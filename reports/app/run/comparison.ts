/** What shrinking changed: the parameters of both runs, side by side. */
import type { PageRun } from '../../../sim/report/page/page-data.js';
import { element, section, table } from '../page/dom.js';
import { formatCount } from '../page/format.js';

export function comparison(shrunk: PageRun, original: PageRun): HTMLElement {
  const rows = [...rowsOf(original)].map(([label, before]) => {
    const after = new Map(rowsOf(shrunk)).get(label) ?? '';
    return { class: before === after ? 'idle' : undefined, cells: [label, after, before] };
  });
  return section(
    'What shrinking changed',
    table([{ title: '' }, { title: 'Shrunk' }, { title: 'Original' }], rows),
    element('p', { class: 'quiet' }, 'Equal values are pale.'),
  );
}

function rowsOf({ parameters, operations, result }: PageRun): [string, string][] {
  return [
    ['operations that began', formatCount(operations.id.length)],
    ['faults that hit', formatCount(result.faults.filter(({ hits }) => hits > 0).length)],
    ['events', result.trace === undefined ? '' : formatCount(result.trace.events)],
    ...parameters.map(({ label, value }): [string, string] => [label, value]),
  ];
}
