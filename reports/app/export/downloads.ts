/** Buttons that save the run in other forms. */
import type { Happening } from '../../../sim/moment/happenings.js';
import type { Messages } from '../../../sim/moment/messages.js';
import type { ShownRun } from '../data/unpack.js';
import { button, element } from '../page/dom.js';
import { clockedEvents, formatShiviz, SHIVIZ_EXPRESSION } from './shiviz.js';

export function downloads(
  run: ShownRun,
  messages: Messages | undefined,
  happenings: () => readonly Happening[],
): HTMLElement {
  const { result, recording, page } = run;
  const { repro } = page;
  const buttons = [
    ...(repro === undefined ? [] : [button('Repro', () => save('repro.json', repro))]),
    button('JSON', () => save('run.json', `${JSON.stringify(result)}\n`)),
    ...(recording === undefined
      ? []
      : [
          button('ShiViz log', () =>
            save('shiviz.log', formatShiviz(clockedEvents(happenings(), run, messages))),
          ),
        ]),
  ];
  return element(
    'div',
    {},
    element('div', { class: 'chips' }, ...buttons),
    ...(recording === undefined
      ? []
      : [
          element(
            'p',
            { class: 'quiet note' },
            'ShiViz reads the log with this expression: ',
            element('code', {}, SHIVIZ_EXPRESSION),
          ),
        ]),
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  element('a', { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
