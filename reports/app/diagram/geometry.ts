/** The pixels of lanes, bars, arrows and bands, and what lies under a pointer. Pure. */
import type { Ending } from '../../../sim/report/describe-run.js';
import { arrowsWithin, STYLES, type Arrows, type Style } from './arrows.js';
import { firstEndingFrom, type Band, type Bar, type Scene } from './scene.js';
import type { View } from './scale.js';

export interface Geometry {
  readonly width: number;
  readonly height: number;
  readonly bandsTop: number;
  readonly lanes: readonly { readonly top: number; readonly height: number }[];
  readonly revisionsTop: number;
}

export const AXIS_HEIGHT = 28;
export const BAND_ROW_HEIGHT = 16;
const REVISIONS_HEIGHT = 26;
const BANDS_PADDING = 8;
const LANE_PADDING = 7;
const EXTRA_ROW_HEIGHT = 10;
const LANE_HEIGHT_MAX = 140;
const BASE_MAX = 96;
/** Between the nodes and the members. */
const GAP = 18;
/** So that a few lanes leave room for slanted arrows. */
const LANES_HEIGHT = 260;
/** How near a pointer must come to a bar or an arrow, in pixels. */
const REACH = 5;
/** With more arrows in view none is drawn by itself. */
export const ARROWS_MAX = 2500;

export function geometryOf(scene: Scene, width: number): Geometry {
  const bandsTop = AXIS_HEIGHT;
  const bandsHeight = scene.bandRows === 0 ? 0 : scene.bandRows * BAND_ROW_HEIGHT + BANDS_PADDING;
  const count = scene.lanes.length;
  const base = Math.min(
    BASE_MAX,
    Math.max(count > 40 ? 20 : 28, Math.floor(LANES_HEIGHT / Math.max(1, count))),
  );
  const firstMember = scene.lanes.findIndex(({ kind }) => kind === 'member');
  let top = bandsTop + bandsHeight;
  const lanes = scene.lanes.map((lane, index) => {
    if (index > 0 && index === firstMember) top += GAP;
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
  const room = roomOf(geometry, lane, rows);
  const share = room / rows;
  const top = place.top + (place.height - room) / 2;
  return { top: top + row * share, height: Math.max(1, share - (rows > 1 ? 1 : 0)) };
}

/** The height of all bars of a lane. */
function roomOf({ lanes }: Geometry, lane: number, rows: number): number {
  const height = lanes[lane]?.height ?? 0;
  return Math.min(height - 2 * LANE_PADDING, 20 + (rows - 1) * EXTRA_ROW_HEIGHT);
}

/** The height of the line of a process. */
export function lineOf(geometry: Geometry, lane: number): number {
  const place = geometry.lanes[lane] ?? { top: 0, height: 0 };
  return place.top + place.height / 2;
}

/** The heights at which an arrow begins and ends: at the edges of bars, or at the lines of processes. */
export function arrowHeights(
  geometry: Geometry,
  { lanes, arrows }: Scene,
  arrow: number,
): { readonly fromY: number; readonly toY: number } {
  const [from = 0, to = 0] = [arrows.fromLane[arrow], arrows.toLane[arrow]];
  const edge = (lane: number, other: number): number => {
    const middle = lineOf(geometry, lane);
    const { rows, kind } = lanes[lane] ?? {};
    if (kind !== 'node' || arrows.isOfBar[arrow] === 0 || rows === undefined || lane === other) return middle;
    return middle + (Math.sign(other - lane) * roomOf(geometry, lane, rows.length)) / 2;
  };
  return { fromY: edge(from, to), toY: edge(to, from) };
}

export function toX(timeUs: number, view: View, width: number): number {
  return ((timeUs - view.startUs) / (view.endUs - view.startUs)) * width;
}

export function toTimeUs(x: number, view: View, width: number): number {
  return view.startUs + (x / Math.max(1, width)) * (view.endUs - view.startUs);
}

/** Which bars and arrows are shown. */
export interface Filter {
  readonly endings: ReadonlySet<Ending>;
  readonly styles: ReadonlySet<Style>;
  readonly hiddenLanes: ReadonlySet<number>;
}

export function isShown(bar: Bar, filter: Filter): boolean {
  return filter.endings.has(bar.ending) && !filter.hiddenLanes.has(bar.lane);
}

export function isArrowShown(arrows: Arrows, arrow: number, { styles, hiddenLanes }: Filter): boolean {
  const style = STYLES[arrows.style[arrow] ?? 0] ?? 'request';
  if (!styles.has(style)) return false;
  return !hiddenLanes.has(arrows.fromLane[arrow] ?? -1) && !hiddenLanes.has(arrows.toLane[arrow] ?? -1);
}

/** The arrows in view that are shown; undefined if they are too many to draw each. */
export function arrowsShown(scene: Scene, view: View, filter: Filter): number[] | undefined {
  const { arrows } = scene;
  const { first, end } = arrowsWithin(arrows, view);
  const shown: number[] = [];
  for (let arrow = first; arrow < end; arrow++) {
    if ((arrows.endUs[arrow] ?? 0) < view.startUs || !isArrowShown(arrows, arrow, filter)) continue;
    shown.push(arrow);
    if (shown.length > ARROWS_MAX) return undefined;
  }
  return shown;
}

/** What lies under a point. */
export type Hit =
  | { readonly kind: 'bar'; readonly bar: Bar }
  | { readonly kind: 'band'; readonly band: Band }
  | { readonly kind: 'arrow'; readonly arrow: number };

export interface Point {
  readonly x: number;
  readonly y: number;
}

export function hitAt(
  point: Point,
  scene: Scene,
  geometry: Geometry,
  view: View,
  filter: Filter,
): Hit | undefined {
  if (point.y >= geometry.bandsTop && point.y < (geometry.lanes[0]?.top ?? 0)) {
    const band = bandAt(point, scene, geometry, view);
    return band === undefined ? undefined : { kind: 'band', band };
  }
  const bar = barAt(point, scene, geometry, view, filter);
  if (bar !== undefined) return { kind: 'bar', bar };
  const arrow = arrowAt(point, scene, geometry, view, filter);
  return arrow === undefined ? undefined : { kind: 'arrow', arrow };
}

function bandAt({ x, y }: Point, scene: Scene, geometry: Geometry, view: View): Band | undefined {
  const reachUs = (REACH / Math.max(1, geometry.width)) * (view.endUs - view.startUs);
  const timeUs = toTimeUs(x, view, geometry.width);
  const row = Math.floor((y - geometry.bandsTop) / BAND_ROW_HEIGHT);
  return scene.bands.find(
    (one) => one.row === row && one.startUs - reachUs <= timeUs && timeUs <= one.endUs + reachUs,
  );
}

function barAt(
  { x, y }: Point,
  scene: Scene,
  geometry: Geometry,
  view: View,
  filter: Filter,
): Bar | undefined {
  const reachUs = (REACH / Math.max(1, geometry.width)) * (view.endUs - view.startUs);
  const timeUs = toTimeUs(x, view, geometry.width);
  const lane = geometry.lanes.findIndex(({ top, height }) => y >= top && y < top + height);
  const rows = scene.lanes[lane]?.rows ?? [];
  const index = rows.findIndex((_, row) => {
    const box = rowBox(geometry, scene, lane, row);
    return y >= box.top - 1 && y < box.top + box.height + 1;
  });
  const row = rows[index] ?? [];
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
  return nearest;
}

function arrowAt(
  point: Point,
  scene: Scene,
  geometry: Geometry,
  view: View,
  filter: Filter,
): number | undefined {
  let nearest: number | undefined;
  let nearestPixels = REACH;
  for (const arrow of arrowsShown(scene, view, filter) ?? []) {
    const pixels = distanceTo(arrow, point, scene, geometry, view);
    if (pixels < nearestPixels) {
      nearest = arrow;
      nearestPixels = pixels;
    }
  }
  return nearest;
}

/** From a point to the line between the ends of an arrow. */
function distanceTo(arrow: number, { x, y }: Point, scene: Scene, geometry: Geometry, view: View): number {
  const { arrows } = scene;
  const { fromY, toY } = arrowHeights(geometry, scene, arrow);
  const fromX = toX(arrows.startUs[arrow] ?? 0, view, geometry.width);
  const byX = toX(arrows.endUs[arrow] ?? 0, view, geometry.width) - fromX;
  const byY = toY - fromY;
  const length = byX * byX + byY * byY;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - fromX) * byX + (y - fromY) * byY) / length));
  return Math.hypot(x - fromX - share * byX, y - fromY - share * byY);
}
