/**
 * Why the run failed: the sentence, the moment that decides it, the chart of its futures, and the events that
 * led to it.
 */
import type { DecisiveWords } from '../../sim/report/decisive-words.js';
import type { Decisive, EventText, Explanation, MomentFutures, PastStep } from '../../sim/run/explanation.js';
import { element, section } from './dom.js';
import { formatCount, formatTime } from './format.js';
import { futuresChart, type FuturesChart } from './futures-chart.js';

/** How the page shows operations and times that are named here. */
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

export interface WhyRequest {
  readonly explanation: Explanation;
  /** The words for the moment that decides it. */
  readonly words: DecisiveWords;
  /** Ids of the operations that can be shown. */
  readonly known: ReadonlySet<string>;
  /** Whether there is a timeline to draw a chart beside. */
  readonly hasTimeline: boolean;
}

export function why({ explanation, words, known, hasTimeline }: WhyRequest, actions: WhyActions): Why {
  const { sentence, moments, decisive, past = [] } = explanation;
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
    ...momentOf(words, decisive, known, actions),
    ...(chart === undefined ? [] : [chart.root]),
    ...(moments.length === 0 ? [] : [countsTable(moments, explanation.runs)]),
    ...(lists.length === 0 ? [] : [element('div', { class: 'why-lists' }, ...lists)]),
  );
  return { root, chart };
}

function momentOf(
  { headline, event, futures }: DecisiveWords,
  decisive: Decisive | undefined,
  known: ReadonlySet<string>,
  actions: WhyActions,
): HTMLElement[] {
  const isEvent = decisive?.kind === 'event';
  const names = isEvent ? decisive.underWay.map((id) => operationButton(id, known, actions)) : [];
  return [
    element(
      'p',
      { class: 'decided' },
      headline,
      ...(event === undefined ? [] : [' ', element('strong', {}, event)]),
      ...(isEvent ? [' ', lookButton(decisive, actions)] : []),
    ),
    ...(futures === undefined ? [] : [element('p', { class: 'quiet' }, futures)]),
    ...(names.length === 0
      ? []
      : [element('p', { class: 'under-way' }, element('span', { class: 'quiet' }, 'Under way: '), ...names)]),
  ];
}

function lookButton(
  { event, around }: Extract<Decisive, { kind: 'event' }>,
  actions: WhyActions,
): HTMLElement {
  const [first = event] = around;
  const last = around.at(-1) ?? event;
  const look = element('button', { type: 'button', class: 'zoom-button' }, 'Show it');
  look.addEventListener('click', () => actions.showTime(first.timeUs, last.timeUs));
  return look;
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
  if (step.folded !== undefined) {
    const inside = step.folded.map((one) => pastItem(one, known, actions));
    const details = element('details', { class: 'folded' }, element('summary', {}, text));
    details.append(element('ol', { class: 'steps' }, ...inside));
    item.replaceChildren(
      element('span', { class: 'step-time' }, formatTime(timeUs)),
      element('span', {}, element('span', { class: 'step-node' }, node), ' ', details),
    );
  }
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
