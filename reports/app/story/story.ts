/** The first screen of a failure: what decides it, and the few steps that led to it. */
import type { Decisive, PastStep } from '../../../sim/run/explanation.js';
import type { PageRun } from '../../../sim/report/page/page-data.js';
import { element } from '../page/dom.js';
import { formatTime } from '../page/format.js';

/** How the page shows operations and times that are named here. */
export interface StoryActions {
  /** Brings an operation into view. */
  show(id: string): void;
  /** Highlights an operation as the pointer does; undefined for none. */
  point(id: string | undefined): void;
  /** Brings a span of time into view. */
  showTime(startUs: number, endUs: number): void;
  /** Moves the cursor. */
  showMoment(timeUs: number): void;
}

/** The story; nothing if nothing explains the run. */
export function story({ result, words, operations }: PageRun, actions: StoryActions): HTMLElement[] {
  const { explanation } = result;
  if (explanation === undefined || words === undefined) return [];
  const { decisive, past = [] } = explanation;
  const known: ReadonlySet<string> = new Set(operations.id);
  const isEvent = decisive?.kind === 'event';
  const underWay = isEvent ? decisive.underWay.map((id) => operationButton(id, known, actions)) : [];
  return [
    element(
      'p',
      { class: 'decided' },
      words.headline,
      ...(words.event === undefined ? [] : [' ', element('strong', {}, words.event)]),
      ...(isEvent ? [' ', lookButton(decisive, actions)] : []),
    ),
    ...(words.futures === undefined ? [] : [element('p', { class: 'quiet' }, words.futures)]),
    ...(underWay.length === 0
      ? []
      : [
          element(
            'p',
            { class: 'under-way' },
            element('span', { class: 'quiet' }, 'Under way: '),
            ...underWay,
          ),
        ]),
    ...(past.length === 0
      ? []
      : [
          element('h2', { class: 'led-to' }, 'What led to it'),
          element('ol', { class: 'steps' }, ...past.map((step) => pastItem(step, known, actions))),
        ]),
  ];
}

function lookButton(
  { event, around }: Extract<Decisive, { kind: 'event' }>,
  actions: StoryActions,
): HTMLElement {
  const [first = event] = around;
  const last = around.at(-1) ?? event;
  const look = element('button', { type: 'button', class: 'button' }, 'Show it');
  look.addEventListener('click', () => actions.showTime(first.timeUs, last.timeUs));
  return look;
}

/** The name of an operation that shows it, if the history has it. */
function operationButton(id: string, known: ReadonlySet<string>, actions: StoryActions): HTMLElement {
  if (!known.has(id)) return element('span', {}, id);
  const button = element('button', { type: 'button', class: 'witness' }, id);
  button.addEventListener('click', () => actions.show(id));
  for (const kind of ['pointerenter', 'focus']) button.addEventListener(kind, () => actions.point(id));
  for (const kind of ['pointerleave', 'blur']) button.addEventListener(kind, () => actions.point(undefined));
  return button;
}

function pastItem(step: PastStep, known: ReadonlySet<string>, actions: StoryActions): HTMLElement {
  const { timeUs, node, operation, text } = step;
  const item = element(
    'li',
    {},
    timeButton(timeUs, actions),
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
      timeButton(timeUs, actions),
      element('span', {}, element('span', { class: 'step-node' }, node), ' ', details),
    );
  }
  item.addEventListener('pointerenter', () => actions.point(operation));
  item.addEventListener('pointerleave', () => actions.point(undefined));
  return item;
}

/** A time that moves the cursor there. */
function timeButton(timeUs: number, actions: StoryActions): HTMLElement {
  const made = element('button', { type: 'button', class: 'step-time' }, formatTime(timeUs));
  made.addEventListener('click', () => actions.showMoment(timeUs));
  return made;
}
