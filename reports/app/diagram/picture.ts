/** The inputs of one picture of the diagram. */
import type { Filter, Geometry } from './geometry.js';
import type { Palette } from './palette.js';
import type { View } from './scale.js';
import type { Bar, Scene } from './scene.js';

export interface Picture {
  readonly scene: Scene;
  readonly geometry: Geometry;
  readonly view: View;
  readonly filter: Filter;
  readonly witnesses: readonly Bar[];
  readonly hovered: Bar | undefined;
  readonly selected: Bar | undefined;
  readonly hoveredArrow: number | undefined;
  readonly selectedArrow: number | undefined;
  /** Which arrows stand back. */
  readonly isFaded: ((arrow: number) => boolean) | undefined;
  /** Ids of the operations beside which all others are pale; undefined for none. */
  readonly standsOut: ReadonlySet<string> | undefined;
  labelOf(arrow: number): string;
  /** When the failure was decided. */
  readonly decisiveUs: number | undefined;
  /** The moment that the page shows. */
  readonly cursorUs: number;
  readonly palette: Palette;
}
