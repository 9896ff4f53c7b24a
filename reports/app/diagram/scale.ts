/**
 * The visible part of a run, and the arithmetic of moving it. Pure. Invariant: a view lies within [0, extent]
 * and is never shorter than {@link SPAN_MIN_US}, unless the extent itself is.
 */

/** A window of time in microseconds. */
export interface View {
  readonly startUs: number;
  readonly endUs: number;
}

/** Ten microseconds across the screen: enough to tell neighbours apart. */
export const SPAN_MIN_US = 10;

/** The whole run. */
export function wholeView(extentUs: number): View {
  return { startUs: 0, endUs: Math.max(extentUs, 1) };
}

/** Zooms around a moment, which keeps its place on the screen. A factor below 1 zooms in. */
export function zoomView(view: View, factor: number, aroundUs: number, extentUs: number): View {
  const span = view.endUs - view.startUs;
  const wanted = Math.min(Math.max(span * factor, Math.min(SPAN_MIN_US, extentUs)), Math.max(extentUs, 1));
  const share = (aroundUs - view.startUs) / span;
  return clampView(aroundUs - share * wanted, wanted, extentUs);
}

/** Moves the view; at an end of the run it stops. */
export function panView(view: View, byUs: number, extentUs: number): View {
  return clampView(view.startUs + byUs, view.endUs - view.startUs, extentUs);
}

/** The view itself if the moment is in it, otherwise one of the same length that shows it. */
export function revealInView(view: View, startUs: number, endUs: number, extentUs: number): View {
  const span = view.endUs - view.startUs;
  if (endUs > view.startUs && startUs < view.endUs) return view;
  return clampView((startUs + endUs) / 2 - span / 2, span, extentUs);
}

function clampView(startUs: number, spanUs: number, extentUs: number): View {
  const start = Math.max(0, Math.min(startUs, Math.max(extentUs, 1) - spanUs));
  return { startUs: start, endUs: start + spanUs };
}

/** Ticks at round times. */
export interface Ticks {
  readonly stepUs: number;
  readonly timesUs: readonly number[];
}

/** Round times in view: steps of 1, 2 or 5 times a power of ten, at most `countMax` of them. */
export function ticksOf(view: View, countMax: number): Ticks {
  const roughUs = (view.endUs - view.startUs) / Math.max(1, countMax);
  let power = 1;
  while (power * 10 <= roughUs) power *= 10;
  const stepUs = [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= roughUs) ?? power * 10;
  const timesUs: number[] = [];
  for (let timeUs = Math.ceil(view.startUs / stepUs) * stepUs; timeUs <= view.endUs; timeUs += stepUs) {
    timesUs.push(timeUs);
  }
  return { stepUs, timesUs };
}
