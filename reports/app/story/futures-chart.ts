/**
 * The share of futures that fail over the run's time, drawn below the timeline and in the same view. The
 * canvas shows the numbers of a table on the page.
 */
import type { Explanation, MomentFutures } from '../../../sim/run/explanation.js';
import { element } from '../page/dom.js';
import { formatTime } from '../page/format.js';
import { toX } from '../diagram/geometry.js';
import type { Palette } from '../diagram/palette.js';
import type { View } from '../diagram/scale.js';

const HEIGHT = 104;
const PADDING = 14;
const DOT = 2.5;

export interface FuturesChart {
  readonly root: HTMLElement;
  draw(view: View, width: number, palette: Palette): void;
}

export function futuresChart({ moments, decisive }: Explanation): FuturesChart {
  const label = `Share of futures that fail: ${moments.map(momentText).join('; ')}`;
  const canvas = element('canvas', { role: 'img', 'aria-label': label });
  const marks = ['all fail', 'half', 'none'].map((text, index) => {
    const mark = element('span', { class: 'strip-label' }, text);
    mark.style.top = `${yOf(1 - index / 2) - 9}px`;
    mark.style.height = '18px';
    return mark;
  });
  const labels = element('div', { class: 'lane-labels', 'aria-hidden': 'true' }, ...marks);
  labels.style.height = `${HEIGHT}px`;
  const plot = element('div', { class: 'futures-plot' }, canvas);
  const root = element('div', { class: 'stage futures' }, labels, plot);
  return {
    root,
    draw(view, width, palette) {
      const pen = prepare(canvas, width);
      if (pen === null) return;
      drawLevels(pen, width, palette);
      drawCurve(pen, moments, { view, width, palette });
      if (decisive?.kind === 'event') drawDecisive(pen, decisive.event.timeUs, { view, width, palette });
    },
  };
}

function momentText({ timeUs, failed, of }: MomentFutures): string {
  return `${formatTime(timeUs)}: ${failed} of ${of}`;
}

type Pen = CanvasRenderingContext2D;

interface Place {
  readonly view: View;
  readonly width: number;
  readonly palette: Palette;
}

function prepare(canvas: HTMLCanvasElement, width: number): Pen | null {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(HEIGHT * ratio);
  canvas.style.height = `${HEIGHT}px`;
  const pen = canvas.getContext('2d');
  pen?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}

function yOf(share: number): number {
  return PADDING + (1 - share) * (HEIGHT - 2 * PADDING);
}

function drawLevels(pen: Pen, width: number, palette: Palette): void {
  pen.fillStyle = palette.line;
  for (const share of [0, 0.5, 1]) pen.fillRect(0, Math.round(yOf(share)), width, 1);
}

/** Straight from one counted moment to the next; each has a dot. */
function drawCurve(pen: Pen, moments: readonly MomentFutures[], { view, width, palette }: Place): void {
  const points = moments.map(({ timeUs, failed, of }) => ({
    x: toX(timeUs, view, width),
    y: yOf(failed / of),
  }));
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return;
  const trace = (): void => {
    pen.beginPath();
    pen.moveTo(first.x, first.y);
    for (const { x, y } of points) pen.lineTo(x, y);
    // After the last event nothing changes.
    pen.lineTo(Math.max(last.x, width), last.y);
  };
  pen.globalAlpha = 0.12;
  pen.fillStyle = palette.witness;
  trace();
  pen.lineTo(Math.max(last.x, width), yOf(0));
  pen.lineTo(first.x, yOf(0));
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = palette.witness;
  pen.lineWidth = 1.75;
  pen.lineJoin = 'round';
  trace();
  pen.stroke();
  pen.fillStyle = palette.witness;
  for (const { x, y } of points) {
    pen.beginPath();
    pen.arc(x, y, DOT, 0, 2 * Math.PI);
    pen.fill();
  }
}

/** A line at the moment, with its time on the side that has room. */
function drawDecisive(pen: Pen, timeUs: number, { view, width, palette }: Place): void {
  const x = toX(timeUs, view, width);
  if (x < 0 || x > width) return;
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 1;
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(Math.round(x) + 0.5, 0);
  pen.lineTo(Math.round(x) + 0.5, HEIGHT);
  pen.stroke();
  pen.setLineDash([]);
  pen.font = `600 11px ${palette.font}`;
  pen.textBaseline = 'middle';
  pen.fillStyle = palette.ink;
  const text = `decided at ${formatTime(timeUs)}`;
  const fits = x + pen.measureText(text).width + 8 < width;
  pen.textAlign = fits ? 'left' : 'right';
  pen.fillText(text, x + (fits ? 7 : -7), yOf(0.25));
}
