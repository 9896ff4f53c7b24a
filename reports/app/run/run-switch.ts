/** Chooses between the shrunk run, the original one, and both side by side. */
import type { RunResult } from '../../../sim/run/run-result.js';
import { button, element } from '../page/dom.js';
import { formatCount } from '../page/format.js';

export type Choice = 'shrunk' | 'original' | 'both';

export class RunSwitch {
  readonly root: HTMLElement;

  constructor(
    choice: Choice,
    runs: { readonly original: RunResult; readonly shrunk: RunResult },
    choose: (choice: Choice) => void,
  ) {
    const size = ({ operations }: RunResult) =>
      `${formatCount(operations.length)} ${operations.length === 1 ? 'operation' : 'operations'}`;
    const names: Readonly<Record<Choice, string>> = {
      shrunk: `Shrunk run, ${size(runs.shrunk)}`,
      original: `Original run, ${size(runs.original)}`,
      both: 'Side by side',
    };
    this.root = element(
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
}
