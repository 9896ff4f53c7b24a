/**
 * Latency and rate of the operations over time, in the view of the diagram, with bands for faults. The canvas shows the
 * numbers of a table on the page.
 */
import type { Operation } from '../../../sim/history/history.js';
import { toX } from '../diagram/geometry.js';
import type { Palette } from '../diagram/palette.js';
import type { View } from '../diagram/scale.js';
import type { Band } from '../diagram/scene.js';
import { element, table } from '../page/dom.js';
import { formatCount, formatDuration, formatTime } from '../page/format.js';
import { bucketsOf, type Bucket } from './rates.js';

const HEIGHT = 150;
const LATENCY_BOTTOM = 84;
const RATE_TOP = 96;
const RATE_BOTTOM = HEIGHT - 6;
const BUCKET_WIDTH = 14;
const TABLE_ROWS = 20;

export interface RatesChart {
  readonly root: HTMLElement;
  draw(view: View, width: number, palette: Palette): void;
}

export function ratesChart(
  operations: readonly Operation[],
  bands: readonly Band[],
  extentUs: number,
): RatesChart {
  const canvas = element('canvas', {
    role: 'img',
    'aria-label': 'Latency and rate over time; the table below has the numbers',
  });
  const labels = element('div', { class: 'lane-labels chart-labels' });
  const slowest = element('span', { class: 'strip-label' });
  const most = element('span', { class: 'strip-label' });
  const mark = (label: HTMLElement, top: number) => {
    label.style.top = `${top}px`;
    label.style.height = '18px';
    return label;
  };
  labels.append(
    mark(element('span', { class: 'strip-label' }, 'latency'), 0),
    mark(slowest, 16),
    mark(element('span', { class: 'strip-label' }, 'ended'), RATE_TOP - 6),
    mark(most, RATE_TOP + 10),
  );
  labels.style.height = `${HEIGHT}px`;
  const root = element(
    'div',
    {},
    element('div', { class: 'stage' }, labels, element('div', { class: 'futures-plot' }, canvas)),
    element(
      'p',
      { class: 'quiet' },
      'Line: the median. Light bars: the slowest. Below: how many ended in the span of a bar, by outcome.',
    ),
    numbers(operations, extentUs),
  );
  return {
    root,
    draw(view, width, palette) {
      const pen = prepare(canvas, width);
      if (pen === null) return;
      const buckets = bucketsOf(operations, view, Math.max(4, Math.floor(width / BUCKET_WIDTH)));
      const place = { view, width, palette };
      drawBands(pen, bands, place);
      const slowestUs = Math.max(1, ...buckets.map((bucket) => bucket.slowestUs ?? 0));
      const mostEnded = Math.max(1, ...buckets.map(totalOf));
      slowest.textContent = formatDuration(slowestUs);
      most.textContent = `most ${formatCount(mostEnded)}`;
      drawLatency(pen, buckets, slowestUs, place);
      drawRate(pen, buckets, mostEnded, place);
    },
  };
}

type Pen = CanvasRenderingContext2D;

interface Place {
  readonly view: View;
  readonly width: number;
  readonly palette: Palette;
}

function totalOf({ ok, failed, indefinite }: Bucket): number {
  return ok + failed + indefinite;
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

function drawBands(pen: Pen, bands: readonly Band[], { view, width, palette }: Place): void {
  for (const { startUs, endUs } of bands) {
    const x = toX(startUs, view, width);
    const endX = toX(endUs, view, width);
    if (endX < 0 || x > width) continue;
    pen.fillStyle = palette.faultTint;
    pen.fillRect(x, 0, Math.max(1, endX - x), HEIGHT);
    pen.fillStyle = palette.faultWash;
    pen.fillRect(x, 0, Math.max(1, endX - x), HEIGHT);
  }
}

function drawLatency(
  pen: Pen,
  buckets: readonly Bucket[],
  slowestUs: number,
  { view, width, palette }: Place,
): void {
  const yOf = (us: number) => LATENCY_BOTTOM - (us / slowestUs) * (LATENCY_BOTTOM - 8);
  pen.fillStyle = palette.line;
  pen.fillRect(0, LATENCY_BOTTOM, width, 1);
  pen.fillStyle = palette.endings.ok;
  pen.globalAlpha = 0.3;
  for (const { startUs, endUs, slowestUs: worst } of buckets) {
    if (worst === undefined) continue;
    const x = toX(startUs, view, width);
    pen.fillRect(x + 1, yOf(worst), toX(endUs, view, width) - x - 2, LATENCY_BOTTOM - yOf(worst));
  }
  pen.globalAlpha = 1;
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const { startUs, endUs, medianUs } of buckets) {
    if (medianUs === undefined) continue;
    pen.moveTo(toX(startUs, view, width), yOf(medianUs));
    pen.lineTo(toX(endUs, view, width), yOf(medianUs));
  }
  pen.stroke();
}

function drawRate(pen: Pen, buckets: readonly Bucket[], most: number, { view, width, palette }: Place): void {
  pen.fillStyle = palette.line;
  pen.fillRect(0, RATE_BOTTOM, width, 1);
  for (const bucket of buckets) {
    const x = toX(bucket.startUs, view, width);
    const barWidth = toX(bucket.endUs, view, width) - x - 2;
    let bottom = RATE_BOTTOM;
    for (const kind of ['ok', 'failed', 'indefinite'] as const) {
      const height = (bucket[kind] / most) * (RATE_BOTTOM - RATE_TOP);
      pen.fillStyle = palette.endings[kind];
      pen.fillRect(x + 1, bottom - height, barWidth, height);
      bottom -= height;
    }
  }
}

/** The whole run in numbers. */
function numbers(operations: readonly Operation[], extentUs: number): HTMLElement {
  const rows = bucketsOf(operations, { startUs: 0, endUs: extentUs }, TABLE_ROWS).map((bucket) => ({
    cells: [
      formatTime(bucket.startUs),
      formatCount(bucket.ok),
      formatCount(bucket.failed),
      formatCount(bucket.indefinite),
      bucket.medianUs === undefined ? '' : formatDuration(bucket.medianUs),
      bucket.slowestUs === undefined ? '' : formatDuration(bucket.slowestUs),
    ],
  }));
  const heads = ['From', 'Ok', 'Failed', 'Indefinite', 'Median', 'Slowest'];
  return element(
    'details',
    { class: 'counts' },
    element('summary', {}, 'Latency and rate in numbers'),
    table(
      heads.map((title) => ({ title, number: true })),
      rows,
    ),
  );
}
