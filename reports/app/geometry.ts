/** The pixels of lanes, bars and bands, and what lies under a pointer. Pure. */
import type { Ending } from '../../sim/report/describe-run.js';
import { firstEndingFrom, type Band, type Bar, type Scene } from './lanes.js';
import type { View } from './scale.js';

export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly bandsTop: number;
  readonly lanes: readonly { readonly top: number; readonly height: number }[];
  readonly revisionsTop: number;
}

export const AXIS_HEIGHT = 28;
export const BAND_ROW_HEIGHT = 15;
const REVISIONS_HEIGHT = 24;
const BANDS_PADDING = 8;
const LANE_PADDING = 6;
const EXTRA_ROW_HEIGHT = 10;
const LANE_HEIGHT_MAX = 140;
/** How near a pointer must come to a bar, in pixels. */
const REACH = 4;

export function geometryOf(scene: Scene, width: number): Geometry {
  const bandsTop = AXIS_HEIGHT;
  const bandsHeight = scene.bandRows === 0 ? 0 : scene.bandRows * BAND_ROW_HEIGHT + BANDS_PADDING;
  const base = scene.lanes.length <= 16 ? 34 : scene.lanes.length <= 40 ? 24 : 20;
  let top = bandsTop + bandsHeight;
  const lanes = scene.lanes.map((lane) => {
    const height = Math.min(LANE_HEIGHT_MAX, base + (lane.rows.length - 1) * EXTRA_ROW_HEIGHT);
    const place = { top, height };
    top += height;
    return place;
  });
  return { width, height: top + REVISIONS_HEIGHT, bandsTop, lanes, revisionsTop: top };
}

/** The box of a row of bars. */
export function rowBox(
  geometry: Geometry,
  scene: Scene,
  lane: number,
  row: number,
): { readonly top: number; readonly height: number } {
  const place = geometry.lanes[lane] ?? { top: 0, height: 0 };
  const rows = scene.lanes[lane]?.rows.length ?? 1;
  const share = (place.height - 2 * LANE_PADDING) / rows;
  return { top: place.top + LANE_PADDING + row * share, height: Math.max(1, share - (rows > 1 ? 1 : 0)) };
}

export function toX(timeUs: number, view: View, width: number): number {
  return ((timeUs - view.startUs) / (view.endUs - view.startUs)) * width;
}

export function toTimeUs(x: number, view: View, width: number): number {
  return view.startUs + (x / Math.max(1, width)) * (view.endUs - view.startUs);
}

/** Which bars are shown. */
export interface Filter {
  readonly endings: ReadonlySet<Ending>;
  readonly hiddenLanes: ReadonlySet<number>;
  /** Ids to which the bars are limited; undefined for no limit. */
  readonly only: ReadonlySet<string> | undefined;
}

export function isShown(bar: Bar, filter: Filter): boolean {
  if (!filter.endings.has(bar.ending) || filter.hiddenLanes.has(bar.lane)) return false;
  return filter.only === undefined || filter.only.has(bar.operation.id);
}

/** What lies under a point. */
export type Hit =
  { readonly kind: 'bar'; readonly bar: Bar } | { readonly kind: 'band'; readonly band: Band };

export function hitAt(
  point: { readonly x: number; readonly y: number },
  scene: Scene,
  geometry: Geometry,
  view: View,
  filter: Filter,
): Hit | undefined {
  const { x, y } = point;
  const reachUs = (REACH / Math.max(1, geometry.width)) * (view.endUs - view.startUs);
  const timeUs = toTimeUs(x, view, geometry.width);
  if (y >= geometry.bandsTop && y < (geometry.lanes[0]?.top ?? 0)) {
    const row = Math.floor((y - geometry.bandsTop) / BAND_ROW_HEIGHT);
    const band = scene.bands.find(
      (one) => one.row === row && one.startUs - reachUs <= timeUs && timeUs <= one.endUs + reachUs,
    );
    return band === undefined ? undefined : { kind: 'band', band };
  }
  const lane = geometry.lanes.findIndex(({ top, height }) => y >= top && y < top + height);
  const rows = scene.lanes[lane]?.rows ?? [];
  const index = rows.findIndex((_, row) => {
    const box = rowBox(geometry, scene, lane, row);
    return y < box.top + box.height + 1;
  });
  const row = rows[index === -1 ? rows.length - 1 : index] ?? [];
  let nearest: Bar | undefined;
  let nearestUs = reachUs;
  for (let at = firstEndingFrom(row, timeUs - reachUs); at < row.length; at++) {
    const bar = row[at];
    if (bar === undefined || bar.startUs > timeUs + reachUs) break;
    if (!isShown(bar, filter)) continue;
    const distanceUs = Math.max(0, bar.startUs - timeUs, timeUs - bar.endUs);
    if (distanceUs < nearestUs || nearest === undefined) {
      nearest = bar;
      nearestUs = distanceUs;
    }
  }
  return nearest === undefined ? undefined : { kind: 'bar', bar: nearest };
}
