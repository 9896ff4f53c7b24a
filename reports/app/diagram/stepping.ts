/** Which operation is next for a key. Pure. */
import { isShown, type Filter } from './geometry.js';
import type { View } from './scale.js';
import type { Bar, Scene } from './scene.js';

/** The next or the previous one in order of time; without a selected one, the first or the last in view. */
export function nextOperation(
  scene: Scene,
  filter: Filter,
  view: View,
  selected: Bar | undefined,
  direction: 1 | -1,
): Bar | undefined {
  const shown = scene.bars.filter((bar) => isShown(bar, filter));
  const at = selected === undefined ? -1 : shown.indexOf(selected);
  if (at !== -1) return shown[at + direction];
  const inView = shown.filter((bar) => bar.endUs >= view.startUs && bar.startUs <= view.endUs);
  const near = direction === 1 ? inView[0] : inView.at(-1);
  if (near !== undefined) return near;
  // The view may be empty: then the next one outside of it.
  return direction === 1
    ? (shown.find((bar) => bar.startUs > view.endUs) ?? shown.at(-1))
    : (shown.findLast((bar) => bar.endUs < view.startUs) ?? shown[0]);
}

/** The one that is nearest in time on the next lane that has one. */
export function nextOnLane(
  { lanes }: Scene,
  filter: Filter,
  selected: Bar,
  direction: 1 | -1,
): Bar | undefined {
  const middle = (selected.startUs + selected.endUs) / 2;
  const distance = (bar: Bar) => Math.abs((bar.startUs + bar.endUs) / 2 - middle);
  for (let lane = selected.lane + direction; lane >= 0 && lane < lanes.length; lane += direction) {
    const shown = (lanes[lane]?.rows.flat() ?? []).filter((bar) => isShown(bar, filter));
    const [first, ...rest] = shown;
    if (first !== undefined)
      return rest.reduce((best, bar) => (distance(bar) < distance(best) ? bar : best), first);
  }
  return undefined;
}
