/** How many futures fail from each moment: the chart, its numbers, and what happened around the decisive event. */
import type { EventText, Explanation, MomentFutures } from '../../../sim/run/explanation.js';
import { element, section } from '../page/dom.js';
import { formatCount, formatTime } from '../page/format.js';
import { futuresChart, type FuturesChart } from './futures-chart.js';

export interface Futures {
  readonly root: HTMLElement;
  readonly chart: FuturesChart;
}

/** Undefined if no future was run. */
export function futures(explanation: Explanation): Futures | undefined {
  const { moments, decisive, runs } = explanation;
  if (moments.length === 0) return undefined;
  const chart = futuresChart(explanation);
  const around =
    decisive?.kind === 'event' ? decisive.around.map((one) => eventItem(one, decisive.event)) : [];
  const root = section(
    'Futures',
    chart.root,
    countsTable(moments, runs),
    ...(around.length === 0
      ? []
      : [element('h3', {}, 'What happened then'), element('ol', { class: 'steps' }, ...around)]),
  );
  return { root, chart };
}

function eventItem({ number, timeUs, text }: EventText, decisive: EventText): HTMLElement {
  const isDecisive = number === decisive.number;
  return element(
    'li',
    { class: isDecisive ? 'decisive' : undefined, 'aria-current': isDecisive ? 'true' : undefined },
    element('span', { class: 'step-time' }, formatTime(timeUs)),
    element('span', {}, text),
  );
}

/** The chart in numbers. */
function countsTable(moments: readonly MomentFutures[], runs: number): HTMLElement {
  const head = ['After event', 'At', 'Futures that fail'].map((title, index) =>
    element('th', { scope: 'col', class: index < 2 ? 'number' : undefined }, title),
  );
  const rows = moments.map((moment) =>
    element(
      'tr',
      {},
      element('td', { class: 'number' }, formatCount(moment.events)),
      element('td', { class: 'number' }, formatTime(moment.timeUs)),
      element('td', {}, `${formatCount(moment.failed)} of ${formatCount(moment.of)}`),
    ),
  );
  return element(
    'details',
    { class: 'counts' },
    element(
      'summary',
      {},
      `Futures that fail, by the moment from which they are drawn anew: ${formatCount(moments.length)} moments, ${formatCount(runs)} runs`,
    ),
    element(
      'div',
      { class: 'table' },
      element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)),
    ),
  );
}
