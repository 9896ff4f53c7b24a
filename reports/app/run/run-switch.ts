/** Chooses between the shrunk run, the original one, and both side by side. */
import type { PageRun } from '../../../sim/report/page/page-data.js';
import { button, element } from '../page/dom.js';
import { formatCount } from '../page/format.js';

export type Choice = 'shrunk' | 'original' | 'both';

export function runSwitch(
  choice: Choice,
  runs: { readonly original: PageRun; readonly shrunk: PageRun },
  choose: (choice: Choice) => void,
): HTMLElement {
  const size = ({ operations: { id } }: PageRun) =>
    `${formatCount(id.length)} ${id.length === 1 ? 'operation' : 'operations'}`;
  const names: Readonly<Record<Choice, string>> = {
    shrunk: `Shrunk run, ${size(runs.shrunk)}`,
    original: `Original run, ${size(runs.original)}`,
    both: 'Side by side',
  };
  return element(
    'div',
    { class: 'chips run-switch', role: 'group', 'aria-label': 'Run shown' },
    ...(['shrunk', 'original', 'both'] as const).map((one) =>
      button(names[one], () => choose(one), {
        class: 'chip plain-chip',
        'aria-pressed': String(one === choice),
      }),
    ),
  );
}
