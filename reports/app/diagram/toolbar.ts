/** The controls above the diagram: filters of operations and messages, and the zoom. */
import type { Ending } from '../../../sim/report/describe-run.js';
import { endings } from '../data/operations.js';
import { button, element, toggle } from '../page/dom.js';
import { formatCount, formatTime } from '../page/format.js';
import { STYLES, type Style } from './arrows.js';
import type { View } from './scale.js';
import type { Scene } from './scene.js';

export interface ToolbarActions {
  toggleEnding(ending: Ending, shown: boolean): void;
  toggleStyle(style: Style, shown: boolean): void;
  zoom(factor: number): void;
  fit(): void;
}

export interface Shown {
  readonly endings: ReadonlySet<Ending>;
  readonly styles: ReadonlySet<Style>;
}

export interface Toolbar {
  readonly root: HTMLElement;
  /** Describes the view. */
  show(view: View): void;
}

const STYLE_NAMES: Readonly<Record<Style, string>> = {
  request: 'requests',
  reply: 'answers',
  delayed: 'delayed',
  lost: 'lost',
  ignored: 'too late',
};

export function createToolbar(scene: Scene, shown: Shown, actions: ToolbarActions): Toolbar {
  const readout = element('output', { class: 'readout', 'aria-label': 'Time in view' });
  const counts = new Map<Ending, number>();
  for (const { ending } of scene.bars) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  const endingChips = endings
    .filter((ending) => (counts.get(ending) ?? 0) > 0)
    .map((ending) =>
      toggle(
        `${ending} ${formatCount(counts.get(ending) ?? 0)}`,
        shown.endings.has(ending),
        (pressed) => actions.toggleEnding(ending, pressed),
        { class: `chip ending-${ending}` },
      ),
    );
  const styleChips = STYLES.filter((style) => scene.arrows.counts[style] > 0).map((style) =>
    toggle(
      `${STYLE_NAMES[style]} ${formatCount(scene.arrows.counts[style])}`,
      shown.styles.has(style),
      (pressed) => actions.toggleStyle(style, pressed),
      { class: `chip arrow-chip arrow-${style}` },
    ),
  );
  const group = (label: string, chips: readonly HTMLElement[]) =>
    element('div', { class: 'chips', role: 'group', 'aria-label': label }, ...chips);
  const root = element(
    'div',
    { class: 'toolbar' },
    group('Operations shown', endingChips),
    ...(styleChips.length === 0 ? [] : [group('Messages shown', styleChips)]),
    element(
      'div',
      { class: 'zoom', role: 'group', 'aria-label': 'Zoom' },
      readout,
      button('−', () => actions.zoom(2), { title: 'Zoom out', 'aria-label': 'Zoom out' }),
      button('+', () => actions.zoom(0.5), { title: 'Zoom in', 'aria-label': 'Zoom in' }),
      button('Fit', () => actions.fit(), { title: 'Show all of it', 'aria-label': 'Show all of it' }),
    ),
  );
  return {
    root,
    show(view) {
      readout.textContent = `${formatTime(view.startUs)} to ${formatTime(view.endUs)}`;
    },
  };
}
