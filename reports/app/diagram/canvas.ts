/**
 * The canvas of the diagram: its size in pixels, its colours, its picture. What does not depend on the pointer or the
 * cursor lies on a layer of its own, which is drawn again only if it has changed. Invariant: the picture is that of one
 * layer drawn at once.
 */
import { element } from '../page/dom.js';
import { draw, drawAbove } from './draw.js';
import { readPalette, type Palette } from './palette.js';
import type { Picture } from './picture.js';

export class DiagramCanvas {
  readonly element = element('canvas', { 'aria-hidden': 'true' });
  readonly #base = document.createElement('canvas');
  #palette: Palette | undefined;

  /** The next picture rereads the colours of the style sheet. */
  forgetColours(): void {
    this.#palette = undefined;
  }

  /**
   * @param isBaseOld whether anything but pointer and cursor has changed
   * @returns the colours, unless there is nothing to draw on
   */
  draw(picture: Omit<Picture, 'palette'>, isBaseOld: boolean): Palette | undefined {
    const pen = this.element.getContext('2d');
    const basePen = this.#base.getContext('2d');
    const { width, height } = picture.geometry;
    if (pen === null || basePen === null || width === 0) return undefined;
    const ratio = devicePixelRatio;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    const isResized = this.element.width !== size.width || this.element.height !== size.height;
    if (isResized) {
      Object.assign(this.element, size);
      Object.assign(this.#base, size);
      this.element.style.height = `${height}px`;
    }
    if (isBaseOld || isResized || this.#palette === undefined) {
      basePen.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.#palette ??= readPalette(basePen);
      draw(basePen, { ...picture, palette: this.#palette });
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, size.width, size.height);
    pen.drawImage(this.#base, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawAbove(pen, { ...picture, palette: this.#palette });
    return this.#palette;
  }
}
