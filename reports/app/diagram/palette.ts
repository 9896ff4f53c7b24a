/** The colours of the canvas, read from the style sheet, so that light, dark and print have one source. */
import type { Ending } from '../../../sim/report/describe-run.js';
import type { Style } from './arrows.js';

export interface Palette {
  readonly endings: Readonly<Record<Ending, string>>;
  readonly arrows: Readonly<Record<Style, string>>;
  readonly witness: string;
  readonly fault: string;
  readonly faultTint: string;
  readonly faultWash: CanvasPattern | string;
  readonly ink: string;
  readonly accent: string;
  readonly muted: string;
  readonly line: string;
  readonly stripe: string;
  readonly paper: string;
  readonly revision: string;
  readonly process: string;
  /** Diagonal strokes over a bar with an unknown outcome. */
  readonly doubt: CanvasPattern | string;
  readonly font: string;
}

export function readPalette(context: CanvasRenderingContext2D): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const hatch = (color: string, gapPx: number) => hatchPattern(context, color, gapPx) ?? color;
  return {
    endings: {
      ok: read('ok'),
      failed: read('failed'),
      indefinite: read('indefinite'),
      pending: read('pending'),
    },
    arrows: {
      request: read('request'),
      reply: read('reply'),
      delayed: read('delayed'),
      lost: read('lost'),
      ignored: read('ignored'),
    },
    witness: read('witness'),
    fault: read('fault'),
    faultTint: read('fault-tint'),
    faultWash: hatch(read('fault-wash'), 7),
    ink: read('ink'),
    accent: read('accent'),
    muted: read('muted'),
    line: read('line'),
    stripe: read('stripe'),
    paper: read('panel'),
    revision: read('revision'),
    process: read('process'),
    doubt: hatch(read('panel'), 5),
    font: read('font-text'),
  };
}

/** A tile of diagonal strokes that continue over its edges. */
function hatchPattern(context: CanvasRenderingContext2D, color: string, gapPx: number): CanvasPattern | null {
  const ratio = devicePixelRatio;
  const size = Math.max(2, Math.round(gapPx * ratio));
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (pen === null) return null;
  pen.strokeStyle = color;
  pen.lineWidth = Math.max(1, ratio);
  pen.lineCap = 'square';
  pen.beginPath();
  for (const offset of [-size, 0, size]) {
    pen.moveTo(offset, size);
    pen.lineTo(offset + size, 0);
  }
  pen.stroke();
  const pattern = context.createPattern(tile, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(1 / ratio));
  return pattern;
}
