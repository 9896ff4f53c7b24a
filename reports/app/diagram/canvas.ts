/** The canvas of the diagram: its size in pixels, its colours, its picture. */
import { element } from '../page/dom.js';
import { draw } from './draw.js';
import { readPalette, type Palette } from './palette.js';
import type { Picture } from './picture.js';

export class DiagramCanvas {
  readonly element = element('canvas', { 'aria-hidden': 'true' });
  #palette: Palette | undefined;

  /** The next picture rereads the colours of the style sheet. */
  forgetColours(): void {
    this.#palette = undefined;
  }

  /** @returns the colours, unless there is nothing to draw on */
  draw(picture: Omit<Picture, 'palette'>): Palette | undefined {
    const pen = this.element.getContext('2d');
    const { width, height } = picture.geometry;
    if (pen === null || width === 0) return undefined;
    const ratio = devicePixelRatio;
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.element.width !== pixelWidth || this.element.height !== pixelHeight) {
      this.element.width = pixelWidth;
      this.element.height = pixelHeight;
      this.element.style.height = `${height}px`;
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#palette ??= readPalette(pen);
    draw(pen, { ...picture, palette: this.#palette });
    return this.#palette;
  }
}
