/**
 * Draws the diagram. Invariant: the work is bounded by the visible part: bars outside the view are skipped,
 * and so are bars on a pixel that already has their colour.
 */
import type { Ending } from '../../../sim/report/describe-run.js';
import { endings } from '../data/operations.js';
import { formatTick } from '../page/format.js';
import { visible } from '../page/visible.js';
import { drawArrows, drawPaleArrows, emphasize } from './draw-arrows.js';
import { AXIS_HEIGHT, BAND_ROW_HEIGHT, isShown, lineOf, rowBox, toX, type Geometry } from './geometry.js';
import type { Palette } from './palette.js';
import type { Picture } from './picture.js';
import { firstEndingFrom, type Band, type Bar } from './scene.js';
import { ticksOf, type Ticks } from './scale.js';

type Pen = CanvasRenderingContext2D;

const TICK_GAP = 84;
const BAR_WIDTH_MIN = 1.5;
const HATCHED_FROM_WIDTH = 6;
const LABELLED_FROM_WIDTH = 34;
/** How much of its colour a bar keeps that did not lead to the violation. */
const PALE = 0.25;

export function draw(pen: Pen, picture: Picture): void {
  const { geometry, palette, view } = picture;
  const ticks = ticksOf(view, Math.floor(geometry.width / TICK_GAP));
  pen.clearRect(0, 0, geometry.width, geometry.height);
  pen.textBaseline = 'middle';
  pen.font = `11px ${palette.font}`;
  drawGround(pen, picture, ticks);
  drawWashes(pen, picture);
  drawProcesses(pen, picture);
  // Rare bars come last, so that they are on top if bars are narrower than a pixel.
  if (picture.standsOut !== undefined) {
    pen.globalAlpha = PALE;
    for (const ending of endings) drawBars(pen, picture, ending, true);
    pen.globalAlpha = 1;
    drawPaleArrows(pen, picture);
  }
  for (const ending of endings) drawBars(pen, picture, ending, false);
  drawArrows(pen, picture);
  drawBands(pen, picture);
  drawMarks(pen, picture);
  drawDecisive(pen, picture);
  drawRevisions(pen, picture);
  drawAxis(pen, picture, ticks);
}

/** What follows the pointer and the cursor. */
export function drawAbove(pen: Pen, picture: Picture): void {
  const { hovered, hoveredArrow, filter, palette } = picture;
  pen.textBaseline = 'middle';
  pen.font = `11px ${palette.font}`;
  if (hoveredArrow !== undefined) emphasize(pen, picture, hoveredArrow);
  if (hovered !== undefined && isShown(hovered, filter)) {
    outline(pen, picture, hovered, { color: palette.ink, lineWidth: 1.5, gap: 1 });
  }
  drawCursor(pen, picture);
}

function drawGround(pen: Pen, { geometry, palette, view }: Picture, ticks: Ticks): void {
  geometry.lanes.forEach(({ top, height }, index) => {
    if (index % 2 === 1) return;
    pen.fillStyle = palette.stripe;
    pen.fillRect(0, top, geometry.width, height);
  });
  pen.fillStyle = palette.line;
  for (const timeUs of ticks.timesUs) {
    pen.fillRect(
      Math.round(toX(timeUs, view, geometry.width)),
      AXIS_HEIGHT - 6,
      1,
      geometry.height - AXIS_HEIGHT + 6,
    );
  }
}

/** A line for each process while it runs: thick for a leader, absent while it does not run. */
function drawProcesses(pen: Pen, { scene, geometry, palette, view }: Picture): void {
  scene.lanes.forEach(({ kind, gaps, reigns }, lane) => {
    const y = Math.round(lineOf(geometry, lane));
    pen.fillStyle = palette.process;
    pen.fillRect(0, y, geometry.width, kind === 'member' ? 2 : 1);
    for (const { startUs, endUs } of reigns) {
      const x = Math.max(0, toX(startUs, view, geometry.width));
      pen.fillRect(x, y - 1, Math.min(geometry.width, toX(endUs, view, geometry.width)) - x, 4);
    }
    for (const { startUs, endUs } of gaps) {
      const x = Math.max(0, toX(startUs, view, geometry.width));
      const endX = Math.min(geometry.width, toX(endUs, view, geometry.width));
      if (endX <= x) continue;
      pen.fillStyle = palette.paper;
      pen.fillRect(x, y - 4, endX - x, 8);
      pen.fillStyle = palette.muted;
      pen.fillRect(x, y - 5, 2, 11);
      pen.fillRect(endX - 2, y - 5, 2, 11);
      pen.fillStyle = palette.process;
    }
  });
}

/** Shades the lanes that each fault touches, for as long as it acts. */
function drawWashes(pen: Pen, { scene, geometry, palette, view }: Picture): void {
  for (const band of scene.bands) {
    const x = toX(band.startUs, view, geometry.width);
    const endX = toX(band.endUs, view, geometry.width);
    if (endX < 0 || x > geometry.width) continue;
    const lanes = band.lanes?.flatMap((lane) => geometry.lanes[lane] ?? []) ?? geometry.lanes;
    for (const { top, height } of lanes) {
      pen.fillStyle = palette.faultTint;
      pen.fillRect(x, top, Math.max(1, endX - x), height);
      pen.fillStyle = palette.faultWash;
      pen.fillRect(x, top, Math.max(1, endX - x), height);
      pen.fillStyle = palette.fault;
      pen.globalAlpha = band.lanes === undefined ? 0.35 : 0.8;
      pen.fillRect(x, top, 1, height);
      if (band.endUs > band.startUs) pen.fillRect(endX, top, 1, height);
      pen.globalAlpha = 1;
    }
  }
}

/** The faults by name, above the lanes. */
function drawBands(pen: Pen, picture: Picture): void {
  const { scene, geometry, palette, view } = picture;
  for (const band of scene.bands) {
    const x = toX(band.startUs, view, geometry.width);
    const endX = Math.max(x + 4, toX(band.endUs, view, geometry.width));
    if (endX < 0 || x > geometry.width) continue;
    const y = geometry.bandsTop + band.row * BAND_ROW_HEIGHT + 2;
    pen.globalAlpha = band.fault.hits === 0 ? 0.4 : 1;
    pen.fillStyle = palette.fault;
    pen.fillRect(x, y, endX - x, BAND_ROW_HEIGHT - 3);
    drawBandLabel(pen, picture, band, { x, endX, y: y + (BAND_ROW_HEIGHT - 3) / 2 });
    pen.globalAlpha = 1;
  }
}

/** In the band, or beside a short one if no other band is there. */
function drawBandLabel(
  pen: Pen,
  { scene, geometry, palette, view }: Picture,
  band: Band,
  { x, endX, y }: { readonly x: number; readonly endX: number; readonly y: number },
): void {
  const nextX = scene.bands
    .filter((other) => other.row === band.row && other !== band && other.startUs >= band.startUs)
    .reduce((least, other) => Math.min(least, toX(other.startUs, view, geometry.width)), geometry.width);
  const { kind } = band.fault;
  const insideX = Math.min(endX, nextX);
  if (pen.measureText(kind).width + 10 <= insideX - Math.max(0, x)) {
    drawLabel(pen, kind, { x, endX: insideX, y, color: palette.paper, geometry });
  } else if (endX >= 0) {
    drawLabel(pen, kind, { x: endX, endX: nextX, y, color: palette.fault, geometry });
  }
}

function drawBars(pen: Pen, picture: Picture, ending: Ending, isPale: boolean): void {
  const { scene, geometry, view, filter, palette, standsOut } = picture;
  if (!filter.endings.has(ending)) return;
  scene.lanes.forEach((lane, laneIndex) => {
    if (filter.hiddenLanes.has(laneIndex)) return;
    lane.rows.forEach((row, rowIndex) => {
      const { top, height } = rowBox(geometry, scene, laneIndex, rowIndex);
      let paintedToX = -Infinity;
      for (let index = firstEndingFrom(row, view.startUs); index < row.length; index++) {
        const bar = row[index];
        if (bar === undefined || bar.startUs > view.endUs) break;
        if (bar.ending !== ending || !isShown(bar, filter)) continue;
        if (isPale === (standsOut?.has(bar.operation.id) ?? true)) continue;
        const x = Math.max(-2, toX(bar.startUs, view, geometry.width));
        const endX = Math.min(geometry.width + 2, toX(bar.endUs, view, geometry.width));
        if (endX <= paintedToX) continue;
        const gap = endX - x > 4 ? 1 : 0;
        const width = Math.max(BAR_WIDTH_MIN, endX - x - gap);
        paintedToX = x + width;
        drawBar(pen, bar, { x, top, width, height }, palette);
        if (width > LABELLED_FROM_WIDTH && height >= 14) {
          const color = ending === 'failed' ? palette.ink : palette.paper;
          drawLabel(pen, bar.operation.id, { x, endX: x + width, y: top + height / 2, color, geometry });
        }
      }
    });
  });
}

interface Box {
  readonly x: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Each ending has a shape besides its colour: filled, hollow, hatched, and open to the right. */
function drawBar(pen: Pen, bar: Bar, box: Box, palette: Palette): void {
  const { x, top, width, height } = box;
  pen.fillStyle = palette.endings[bar.ending];
  if (width < HATCHED_FROM_WIDTH) {
    pen.fillRect(x, top, width, height);
    return;
  }
  switch (bar.ending) {
    case 'ok':
      pen.beginPath();
      pen.roundRect(x, top, width, height, 2);
      pen.fill();
      break;
    case 'failed':
      pen.fillStyle = palette.paper;
      pen.fillRect(x, top, width, height);
      pen.strokeStyle = palette.endings.failed;
      pen.lineWidth = 1.5;
      pen.strokeRect(x + 0.75, top + 0.75, width - 1.5, height - 1.5);
      break;
    case 'indefinite':
    case 'pending':
      pen.fillRect(x, top, width, height);
      drawDoubt(pen, box, palette);
      break;
  }
}

function drawDoubt(pen: Pen, { x, top, width, height }: Box, { doubt }: Palette): void {
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * 0.35;
  pen.fillStyle = doubt;
  pen.fillRect(x, top, width, height);
  pen.globalAlpha = alpha;
}

function drawLabel(
  pen: Pen,
  text: string,
  place: {
    readonly x: number;
    readonly endX: number;
    readonly y: number;
    readonly color: string;
    readonly geometry: Geometry;
  },
): void {
  const label = visible(text);
  const x = Math.max(0, place.x) + 5;
  const room = Math.min(place.endX, place.geometry.width) - x - 3;
  if (pen.measureText(label).width > room) return;
  pen.fillStyle = place.color;
  pen.textAlign = 'left';
  pen.fillText(label, x, place.y + 1);
}

/** Outlines: witnesses of a violation, the bar under the pointer, the selected one. */
function drawMarks(pen: Pen, picture: Picture): void {
  const { filter, witnesses, selected, palette } = picture;
  for (const bar of witnesses) {
    if (isShown(bar, filter))
      outline(pen, picture, bar, { color: palette.witness, lineWidth: 2.5, gap: 1.5 });
  }
  if (selected !== undefined && isShown(selected, filter)) {
    outline(pen, picture, selected, { color: palette.ink, lineWidth: 2, gap: 4 });
    const { geometry, view } = picture;
    pen.fillStyle = palette.ink;
    pen.globalAlpha = 0.25;
    const x = toX(selected.startUs, view, geometry.width);
    const endX = toX(selected.endUs, view, geometry.width);
    for (const edge of [x, endX]) pen.fillRect(edge, AXIS_HEIGHT, 1, geometry.height - AXIS_HEIGHT);
    pen.globalAlpha = 1;
  }
}

function outline(
  pen: Pen,
  { scene, geometry, view }: Picture,
  bar: Bar,
  line: { readonly color: string; readonly lineWidth: number; readonly gap: number },
): void {
  const { color, lineWidth, gap } = line;
  const x = Math.max(-8, toX(bar.startUs, view, geometry.width));
  const endX = Math.min(geometry.width + 8, toX(bar.endUs, view, geometry.width));
  if (endX < 0 || x > geometry.width) return;
  const { top, height } = rowBox(geometry, scene, bar.lane, bar.row);
  pen.strokeStyle = color;
  pen.lineWidth = lineWidth;
  pen.strokeRect(x - gap, top - gap, Math.max(3, endX - x) + 2 * gap, height + 2 * gap);
}

/** A line through all lanes. */
function drawDecisive(pen: Pen, { geometry, palette, view, decisiveUs }: Picture): void {
  if (decisiveUs === undefined) return;
  const x = Math.round(toX(decisiveUs, view, geometry.width)) + 0.5;
  if (x < 0 || x > geometry.width) return;
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 1;
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(x, AXIS_HEIGHT);
  pen.lineTo(x, geometry.revisionsTop);
  pen.stroke();
  pen.setLineDash([]);
}

/** The moment that the state below shows. */
function drawCursor(pen: Pen, { geometry, palette, view, cursorUs }: Picture): void {
  const x = Math.round(toX(cursorUs, view, geometry.width));
  if (x < 0 || x > geometry.width) return;
  pen.fillStyle = palette.accent;
  pen.fillRect(Math.min(x, geometry.width - 2), AXIS_HEIGHT - 6, 2, geometry.height - AXIS_HEIGHT + 6);
  pen.beginPath();
  pen.moveTo(x - 5, AXIS_HEIGHT - 8);
  pen.lineTo(x + 7, AXIS_HEIGHT - 8);
  pen.lineTo(x + 1, AXIS_HEIGHT);
  pen.fill();
}

function drawRevisions(pen: Pen, { scene, geometry, palette, view }: Picture): void {
  const top = geometry.revisionsTop;
  pen.textAlign = 'left';
  pen.font = `10px ${palette.font}`;
  let paintedToX = -Infinity;
  let labelledToX = -Infinity;
  for (const { revision, timeUs } of scene.revisions) {
    if (timeUs < view.startUs || timeUs > view.endUs) continue;
    const x = toX(timeUs, view, geometry.width);
    if (x < paintedToX + 1) continue;
    paintedToX = x;
    pen.fillStyle = palette.revision;
    pen.fillRect(x - 0.5, top + 3, 1, 6);
    const label = String(revision);
    const width = pen.measureText(label).width;
    if (x < labelledToX + 10 || x + width > geometry.width) continue;
    labelledToX = x + width;
    pen.fillStyle = palette.muted;
    pen.fillText(label, x, top + 16);
  }
  pen.font = `11px ${palette.font}`;
}

function drawAxis(pen: Pen, { geometry, palette, view }: Picture, ticks: Ticks): void {
  pen.fillStyle = palette.muted;
  for (const timeUs of ticks.timesUs) {
    const x = toX(timeUs, view, geometry.width);
    const text = formatTick(timeUs, ticks.stepUs);
    const width = pen.measureText(text).width;
    pen.textAlign = 'left';
    pen.fillText(text, Math.min(Math.max(0, x - width / 2), geometry.width - width), AXIS_HEIGHT / 2 - 2);
  }
}
