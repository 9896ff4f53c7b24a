/** The controls above the timeline: which operations are shown, how much time is in view. */
import type { Ending } from '../../sim/report/describe-run.js';
import { endings } from './operations.js';
import { element } from './dom.js';
import { formatCount, formatTime } from './format.js';
import type { Scene } from './lanes.js';
import type { View } from './scale.js';

export interface ToolbarActions {
  toggleEnding(ending: Ending, shown: boolean): void;
  toggleWitnesses(only: boolean): void;
  zoom(factor: number): void;
  fit(): void;
}

export interface Toolbar {
  readonly root: HTMLElement;
  /** Describes the view. */
  show(view: View): void;
}

export function createToolbar(scene: Scene, witnessCount: number, actions: ToolbarActions): Toolbar {
  const readout = element('output', { class: 'readout', 'aria-label': 'Time in view' });
  const counts = new Map<Ending, number>();
  for (const { ending } of scene.bars) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  const chips = endings
    .filter((ending) => (counts.get(ending) ?? 0) > 0)
    .map((ending) =>
      toggle(`chip ending-${ending}`, `${ending} ${formatCount(counts.get(ending) ?? 0)}`, true, (pressed) =>
        actions.toggleEnding(ending, pressed),
      ),
    );
  const witnesses =
    witnessCount === 0
      ? []
      : [
          toggle(
            'chip chip-witness',
            `witnesses only ${formatCount(witnessCount)}`,
            false,
            actions.toggleWitnesses,
          ),
        ];
  const root = element(
    'div',
    { class: 'toolbar' },
    element(
      'div',
      { class: 'chips', role: 'group', 'aria-label': 'Operations shown' },
      ...chips,
      ...witnesses,
    ),
    element(
      'div',
      { class: 'zoom', role: 'group', 'aria-label': 'Zoom' },
      readout,
      button('Zoom out', '−', () => actions.zoom(2)),
      button('Zoom in', '+', () => actions.zoom(0.5)),
      button('Show the whole run', 'Fit', () => actions.fit()),
    ),
  );
  return {
    root,
    show(view) {
      readout.textContent = `${formatTime(view.startUs)} to ${formatTime(view.endUs)}`;
    },
  };
}

/** A button that is on or off. */
function toggle(
  className: string,
  label: string,
  pressed: boolean,
  change: (pressed: boolean) => void,
): HTMLElement {
  const made = element(
    'button',
    { type: 'button', class: className, 'aria-pressed': String(pressed) },
    label,
  );
  made.addEventListener('click', () => {
    const now = made.getAttribute('aria-pressed') !== 'true';
    made.setAttribute('aria-pressed', String(now));
    change(now);
  });
  return made;
}

function button(title: string, label: string, act: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'zoom-button', title, 'aria-label': title }, label);
  made.addEventListener('click', act);
  return made;
}
