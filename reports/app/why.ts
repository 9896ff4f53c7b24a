/** Why the run failed: the sentence, the moment that decides it, the chart of its futures, and what led to it. */
import type { Decisive, EventText, Explanation, MomentFutures, PastStep, RunData } from './data.js';
import { element, section } from './dom.js';
import { formatCount, formatTime } from './format.js';
import { futuresChart, type FuturesChart } from './futures-chart.js';

/** What the page does with operations and times that are named here. */
export interface WhyActions {
  /** Brings an operation into view. */
  show(id: string): void;
  /** Highlights an operation as the pointer does; undefined for none. */
  point(id: string | undefined): void;
  /** Brings a span of time into view. */
  showTime(startUs: number, endUs: number): void;
}

export interface Why {
  readonly root: HTMLElement;
  readonly chart: FuturesChart | undefined;
}

/** Undefined where nothing explains the run. @param hasTimeline whether there is a timeline to draw a chart beside */
export function why(data: RunData, hasTimeline: boolean, actions: WhyActions): Why | undefined {
  const { explanation } = data;
  if (explanation === undefined) return undefined;
  const { sentence, moments, decisive, past = [] } = explanation;
  const known = new Set(data.operations.map(({ id }) => id));
  const chart = hasTimeline && moments.length > 0 ? futuresChart(explanation) : undefined;
  const lists = [
    ...(past.length === 0
      ? []
      : [
          list(
            'What led to it',
            past.map((step) => pastItem(step, known, actions)),
          ),
        ]),
    ...(decisive?.kind === 'event'
      ? [
          list(
            'What happened then',
            decisive.around.map((one) => eventItem(one, decisive.event)),
          ),
        ]
      : []),
  ];
  const root = section(
    'Why it failed',
    element('p', { class: 'finding' }, sentence),
    ...momentOf(explanation, known, actions),
    ...(chart === undefined ? [] : [chart.root]),
    ...(moments.length === 0 ? [] : [countsTable(moments, explanation.runs)]),
    ...(lists.length === 0 ? [] : [element('div', { class: 'why-lists' }, ...lists)]),
  );
  return { root, chart };
}

function momentOf(explanation: Explanation, known: ReadonlySet<string>, actions: WhyActions): HTMLElement[] {
  const { decisive, events } = explanation;
  if (decisive === undefined) return [element('p', { class: 'quiet' }, 'What decides it is not known.')];
  switch (decisive.kind) {
    case 'event':
      return eventParagraphs(decisive, events, known, actions);
    case 'from-start':
      return [
        element('p', { class: 'decided' }, 'It takes no more than the plan.'),
        element(
          'p',
          { class: 'quiet' },
          `Of the futures that are drawn anew from the start on ${shareOf(decisive.start)}, and no later moment makes much of a difference.`,
        ),
      ];
    case 'at-end':
      return [
        element('p', { class: 'decided' }, 'Nothing decides it before the end.'),
        element(
          'p',
          { class: 'quiet' },
          `Of the futures that are drawn anew from ${formatTime(decisive.before.timeUs)} on ${shareOf(decisive.before)}.`,
        ),
      ];
  }
}

function eventParagraphs(
  decisive: Extract<Decisive, { kind: 'event' }>,
  events: number,
  known: ReadonlySet<string>,
  actions: WhyActions,
): HTMLElement[] {
  const { event, before, after, isExact, underWay, around } = decisive;
  const isOne = after.events - before.events === 1;
  const [number, time] = [formatCount(event.number), formatTime(event.timeUs)];
  const span = `events ${formatCount(before.events + 1)} to ${formatCount(after.events)} of ${formatCount(events)}`;
  const which = isOne
    ? `Decided at ${time} by event ${number} of ${formatCount(events)}: `
    : isExact
      ? `Decided by ${span}, most of all at ${time} by event ${number}: `
      : `Decided by some of ${span}, at ${time} at the latest by event ${number}: `;
  const them = isOne ? 'it' : 'them';
  const [first = event] = around;
  const last = around.at(-1) ?? event;
  const look = element('button', { type: 'button', class: 'zoom-button' }, 'Show it');
  look.addEventListener('click', () => actions.showTime(first.timeUs, last.timeUs));
  const names = underWay.map((id) => operationButton(id, known, actions));
  return [
    element('p', { class: 'decided' }, which, element('strong', {}, event.text), ' ', look),
    element(
      'p',
      { class: 'quiet' },
      `Of the futures that are drawn anew before ${them} ${shareOf(before)}, after ${them} ${shareOf(after)}.`,
    ),
    ...(names.length === 0
      ? []
      : [element('p', { class: 'under-way' }, element('span', { class: 'quiet' }, 'Under way: '), ...names)]),
  ];
}

/** `3 of 10 fail`. */
function shareOf({ failed, of }: MomentFutures): string {
  return `${formatCount(failed)} of ${formatCount(of)} ${failed === 1 ? 'fails' : 'fail'}`;
}

/** The name of an operation that shows it, if the history has it. */
function operationButton(id: string, known: ReadonlySet<string>, actions: WhyActions): HTMLElement {
  if (!known.has(id)) return element('span', {}, id);
  const button = element('button', { type: 'button', class: 'witness' }, id);
  button.addEventListener('click', () => actions.show(id));
  for (const kind of ['pointerenter', 'focus']) button.addEventListener(kind, () => actions.point(id));
  for (const kind of ['pointerleave', 'blur']) button.addEventListener(kind, () => actions.point(undefined));
  return button;
}

function list(title: string, items: readonly HTMLElement[]): HTMLElement {
  return element('div', {}, element('h3', {}, title), element('ol', { class: 'steps' }, ...items));
}

function pastItem(step: PastStep, known: ReadonlySet<string>, actions: WhyActions): HTMLElement {
  const { timeUs, node, operation, text } = step;
  const item = element(
    'li',
    {},
    element('span', { class: 'step-time' }, formatTime(timeUs)),
    element(
      'span',
      {},
      element('span', { class: 'step-node' }, node),
      ' ',
      ...(operation === undefined ? [] : [operationButton(operation, known, actions), ' ']),
      text,
    ),
  );
  item.addEventListener('pointerenter', () => actions.point(operation));
  item.addEventListener('pointerleave', () => actions.point(undefined));
  return item;
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
