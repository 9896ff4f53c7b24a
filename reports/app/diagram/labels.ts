/**
 * The names beside the lanes. Each is a button that hides its lane; with Shift it shows only that lane, or
 * all again.
 */
import { element } from '../page/dom.js';
import { formatCount } from '../page/format.js';
import type { Geometry } from './geometry.js';
import type { Scene } from './scene.js';

/** @param hidden the hidden lanes; changed in place, and `changed` is called afterwards */
export function laneLabels(
  scene: Scene,
  geometry: Geometry,
  hidden: Set<number>,
  changed: () => void,
): HTMLElement {
  const { bandsTop, lanes, revisionsTop, height } = geometry;
  const lanesTop = lanes[0]?.top ?? revisionsTop;
  const buttons = scene.lanes.map(({ actor, kind, rows }, lane) => {
    const count = rows.reduce((sum, row) => sum + row.length, 0);
    const button = element(
      'button',
      {
        type: 'button',
        class: `lane-label lane-${kind}`,
        title:
          kind === 'member' ? `${actor}, a member of etcd` : `${actor}: ${formatCount(count)} operations`,
      },
      element('span', { class: 'lane-name' }, actor),
    );
    button.addEventListener('click', (event) => {
      if (event.shiftKey) showAlone(lane, scene.lanes.length, hidden);
      else if (!hidden.delete(lane)) hidden.add(lane);
      showPressed();
      changed();
    });
    return place(button, lanes[lane]?.top ?? 0, lanes[lane]?.height ?? 0);
  });
  const showPressed = () =>
    buttons.forEach((button, lane) => button.setAttribute('aria-pressed', String(!hidden.has(lane))));
  showPressed();
  const strips = [
    ...(scene.bands.length === 0 ? [] : [strip('faults', bandsTop, lanesTop - bandsTop)]),
    ...buttons,
    strip('revisions', revisionsTop, height - revisionsTop),
  ];
  const labels = element(
    'div',
    { class: 'lane-labels', role: 'group', 'aria-label': 'Lanes shown' },
    ...strips,
  );
  labels.style.height = `${height}px`;
  return labels;
}

function showAlone(lane: number, laneCount: number, hidden: Set<number>): void {
  const isAlone = !hidden.has(lane) && hidden.size === laneCount - 1;
  hidden.clear();
  if (isAlone) return;
  for (let other = 0; other < laneCount; other++) if (other !== lane) hidden.add(other);
}

function strip(name: string, top: number, height: number): HTMLElement {
  return place(element('span', { class: 'strip-label' }, name), top, height);
}

function place(label: HTMLElement, top: number, height: number): HTMLElement {
  label.style.top = `${top}px`;
  label.style.height = `${height}px`;
  return label;
}
