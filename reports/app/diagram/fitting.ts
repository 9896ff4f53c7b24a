/** The view in which a scene is shown at first. Pure. */
import { wholeView, zoomView, type View } from './scale.js';
import type { Scene } from './scene.js';

/** A scene that fills less of the run is shown larger. */
const WHOLE_FROM_SHARE = 0.7;
const ROOM = 0.06;

/** All of the run; of a limited scene the time in which it happens. */
export function fittingView({ bars, arrows, extentUs }: Scene): View {
  const startUs = bars.reduce((least, bar) => Math.min(least, bar.startUs), arrows.startUs[0] ?? Infinity);
  const endUs = bars.reduce((most, bar) => Math.max(most, bar.endUs), arrows.reachUs.at(-1) ?? 0);
  const span = Math.max(1, endUs - startUs);
  if (startUs === Infinity || span > extentUs * WHOLE_FROM_SHARE) return wholeView(extentUs);
  const view = { startUs: startUs - span * ROOM, endUs: endUs + span * ROOM };
  return zoomView(view, 1, (startUs + endUs) / 2, extentUs);
}

export function sameView(left: View, right: View): boolean {
  return Math.abs(left.startUs - right.startUs) < 1 && Math.abs(left.endUs - right.endUs) < 1;
}
