/**
 * Draws messages. Invariant: the work is bounded: with more arrows in view than a person could tell apart, one line
 * stands for all that would lie on the same pixels, and the rare ones are drawn last.
 */
import { arrowsWithin, STYLES, type Style } from './arrows.js';
import { ARROWS_MAX, arrowHeights, arrowsShown, isArrowShown, lineOf, toX } from './geometry.js';
import type { Picture } from './picture.js';

type Pen = CanvasRenderingContext2D;

const HEAD_LENGTH = 7;
const HEAD_WIDTH = 3.2;
const HEADS_FROM_LENGTH = 14;
/** Lines that begin within so many pixels of one another count as one. */
const GRID = 3;
const LABELS_MAX = 60;
/** How far a lost one gets. */
const LOST_SHARE = 0.55;
/** The opacity of one that stands back. */
const PALE = 0.5;

const WIDTHS: Readonly<Record<Style, number>> = {
  request: 1.1,
  reply: 1,
  delayed: 2,
  lost: 1.6,
  ignored: 1.2,
};
const DASHES: Readonly<Record<Style, readonly number[]>> = {
  request: [],
  reply: [],
  delayed: [],
  lost: [4, 3],
  ignored: [2, 3],
};

export function drawArrows(pen: Pen, picture: Picture): void {
  const shown = arrowsShown(picture.scene, picture.view, picture.filter);
  if (shown === undefined) {
    if (picture.standsOut === undefined) drawDense(pen, picture);
    drawEach(pen, picture, standingOut(picture));
    pen.setLineDash([]);
    return;
  }
  if (picture.standsOut === undefined && picture.isFaded !== undefined) drawFaded(pen, picture, shown);
  drawEach(pen, picture, shown);
  if (picture.selectedArrow !== undefined) emphasize(pen, picture, picture.selectedArrow);
  pen.setLineDash([]);
  if (shown.length <= LABELS_MAX) drawLabels(pen, picture, shown);
}

/** Of more arrows than can be drawn, those in view that do not stand back. */
function standingOut({ scene, view, filter, isFaded }: Picture): number[] {
  const { arrows } = scene;
  const { first, end } = arrowsWithin(arrows, view);
  const shown: number[] = [];
  if (isFaded === undefined) return shown;
  for (let arrow = first; arrow < end && shown.length <= ARROWS_MAX; arrow++)
    if (!isFaded(arrow) && isArrowShown(arrows, arrow, filter)) shown.push(arrow);
  return shown;
}

/** Those that do not stand back. */
function drawEach(pen: Pen, picture: Picture, shown: readonly number[]): void {
  const isBusy = shown.length > 400 && picture.isFaded === undefined;
  for (const style of STYLES) {
    prepare(pen, picture, style);
    if (picture.isFaded !== undefined) pen.lineWidth += 0.5;
    if (isBusy && (style === 'request' || style === 'reply')) pen.globalAlpha = 0.55;
    for (const arrow of shown) {
      if (STYLES[picture.scene.arrows.style[arrow] ?? 0] !== style) continue;
      if (picture.isFaded?.(arrow) === true) continue;
      drawArrow(pen, endsOf(picture, arrow), style);
    }
    pen.globalAlpha = 1;
  }
}

/** Those that stand back from what led to the violation: without heads, in a colour that stays light where many overlap. */
export function drawPaleArrows(pen: Pen, picture: Picture): void {
  const shown = arrowsShown(picture.scene, picture.view, picture.filter);
  if (shown === undefined) {
    drawDense(pen, picture);
    return;
  }
  pen.strokeStyle = picture.palette.process;
  pen.lineWidth = 1;
  pen.setLineDash([]);
  pen.globalAlpha = PALE;
  pen.beginPath();
  for (const arrow of shown) {
    if (picture.isFaded?.(arrow) !== true) continue;
    const { fromX, fromY, toX: endX, toY } = endsOf(picture, arrow);
    const share = STYLES[picture.scene.arrows.style[arrow] ?? 0] === 'lost' ? LOST_SHARE : 1;
    pen.moveTo(fromX, fromY);
    pen.lineTo(fromX + (endX - fromX) * share, fromY + (toY - fromY) * share);
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

function drawFaded(pen: Pen, picture: Picture, shown: readonly number[]): void {
  for (const style of STYLES) {
    prepare(pen, picture, style);
    pen.globalAlpha = 0.22;
    for (const arrow of shown) {
      if (STYLES[picture.scene.arrows.style[arrow] ?? 0] !== style) continue;
      if (picture.isFaded?.(arrow) === true) drawArrow(pen, endsOf(picture, arrow), style);
    }
  }
  pen.globalAlpha = 1;
}

function prepare(pen: Pen, { palette }: Picture, style: Style): void {
  pen.strokeStyle = palette.arrows[style];
  pen.fillStyle = palette.arrows[style];
  pen.lineWidth = WIDTHS[style];
  pen.setLineDash([...DASHES[style]]);
}

interface Ends {
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
}

function endsOf({ scene, geometry, view }: Picture, arrow: number): Ends {
  const { arrows } = scene;
  return {
    ...arrowHeights(geometry, scene, arrow),
    fromX: toX(arrows.startUs[arrow] ?? 0, view, geometry.width),
    toX: toX(arrows.endUs[arrow] ?? 0, view, geometry.width),
  };
}

/** A lost one breaks off half way, with a cross. */
function drawArrow(pen: Pen, ends: Ends, style: Style): void {
  const { fromX, fromY } = ends;
  const share = style === 'lost' ? LOST_SHARE : 1;
  const endX = fromX + (ends.toX - fromX) * share;
  const endY = fromY + (ends.toY - fromY) * share;
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.lineTo(endX, endY);
  pen.stroke();
  if (style === 'lost') {
    pen.setLineDash([]);
    cross(pen, endX, endY);
    pen.setLineDash([...DASHES.lost]);
    return;
  }
  const length = Math.hypot(endX - fromX, endY - fromY);
  if (length < HEADS_FROM_LENGTH) return;
  if (style === 'ignored') {
    ring(pen, endX, endY);
    return;
  }
  head(pen, { endX, endY, alongX: (endX - fromX) / length, alongY: (endY - fromY) / length }, style);
}

function cross(pen: Pen, x: number, y: number): void {
  pen.beginPath();
  for (const side of [-1, 1]) {
    pen.moveTo(x - 4, y - 4 * side);
    pen.lineTo(x + 4, y + 4 * side);
  }
  pen.stroke();
}

function ring(pen: Pen, x: number, y: number): void {
  pen.setLineDash([]);
  pen.beginPath();
  pen.arc(x, y, 3, 0, 2 * Math.PI);
  pen.stroke();
  pen.setLineDash([...DASHES.ignored]);
}

/** Requests have filled heads, replies open ones. */
function head(
  pen: Pen,
  { endX, endY, alongX, alongY }: { endX: number; endY: number; alongX: number; alongY: number },
  style: Style,
): void {
  const backX = endX - alongX * HEAD_LENGTH;
  const backY = endY - alongY * HEAD_LENGTH;
  pen.beginPath();
  pen.moveTo(backX - alongY * HEAD_WIDTH, backY + alongX * HEAD_WIDTH);
  pen.lineTo(endX, endY);
  pen.lineTo(backX + alongY * HEAD_WIDTH, backY - alongX * HEAD_WIDTH);
  if (style === 'reply') pen.stroke();
  else pen.fill();
}

/** Draws one in the colour of the text, and thick. */
export function emphasize(pen: Pen, picture: Picture, arrow: number): void {
  const style = STYLES[picture.scene.arrows.style[arrow] ?? 0] ?? 'request';
  prepare(pen, picture, style);
  pen.strokeStyle = picture.palette.ink;
  pen.fillStyle = picture.palette.ink;
  pen.lineWidth = 2.4;
  drawArrow(pen, endsOf(picture, arrow), style);
  pen.setLineDash([]);
}

/** The names of methods beside arrows, where they have room. */
function drawLabels(pen: Pen, picture: Picture, shown: readonly number[]): void {
  const { palette, labelOf, geometry } = picture;
  const taken: { x: number; y: number; width: number }[] = [];
  pen.font = `10px ${palette.font}`;
  pen.textAlign = 'left';
  for (const arrow of shown) {
    if (picture.standsOut !== undefined && picture.isFaded?.(arrow) === true) continue;
    const { fromX, fromY, toX: endX, toY } = endsOf(picture, arrow);
    if (Math.hypot(endX - fromX, toY - fromY) < 40) continue;
    const label = labelOf(arrow);
    const width = pen.measureText(label).width;
    const share = STYLES[picture.scene.arrows.style[arrow] ?? 0] === 'lost' ? 0.25 : 0.4;
    const [x, y] = [fromX + (endX - fromX) * share + 5, fromY + (toY - fromY) * share];
    const overlaps = taken.some(
      (other) => Math.abs(other.y - y) < 12 && x < other.x + other.width + 4 && other.x < x + width + 4,
    );
    if (overlaps || x < 0 || x + width > geometry.width) continue;
    taken.push({ x, y, width });
    pen.fillStyle = palette.paper;
    pen.globalAlpha = 0.8;
    pen.fillRect(x - 2, y - 6, width + 4, 12);
    pen.globalAlpha = picture.isFaded?.(arrow) === true ? 0.4 : 1;
    pen.fillStyle = palette.muted;
    pen.fillText(label, x, y + 1);
    pen.globalAlpha = 1;
  }
  pen.font = `11px ${palette.font}`;
}

/** One faint line for all that lie on the same pixels. */
function drawDense(pen: Pen, picture: Picture): void {
  const { scene, view, filter, geometry } = picture;
  const { arrows } = scene;
  const { first, end } = arrowsWithin(arrows, view);
  const lanes = scene.lanes.length;
  STYLES.forEach((style, number) => {
    const isRare = style !== 'request' && style !== 'reply';
    prepare(pen, picture, style);
    pen.globalAlpha = isRare ? 0.9 : 0.28;
    if (picture.standsOut !== undefined) {
      pen.strokeStyle = picture.palette.process;
      pen.globalAlpha = PALE;
    }
    const drawn = new Set<number>();
    pen.beginPath();
    for (let arrow = first; arrow < end; arrow++) {
      if (arrows.style[arrow] !== number || (arrows.endUs[arrow] ?? 0) < view.startUs) continue;
      if (!isArrowShown(arrows, arrow, filter)) continue;
      const [from = 0, to = 0] = [arrows.fromLane[arrow], arrows.toLane[arrow]];
      const fromX = toX(arrows.startUs[arrow] ?? 0, view, geometry.width);
      const place = (Math.round(fromX / GRID) * lanes + from) * lanes + to;
      if (drawn.has(place)) continue;
      drawn.add(place);
      const share = style === 'lost' ? LOST_SHARE : 1;
      const fromY = lineOf(geometry, from);
      pen.moveTo(fromX, fromY);
      pen.lineTo(
        fromX + (toX(arrows.endUs[arrow] ?? 0, view, geometry.width) - fromX) * share,
        fromY + (lineOf(geometry, to) - fromY) * share,
      );
    }
    pen.stroke();
    pen.globalAlpha = 1;
  });
  pen.setLineDash([]);
}
