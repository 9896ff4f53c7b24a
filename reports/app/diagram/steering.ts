/** The effects of pointer, wheel and keys on the diagram. */
import type { Point } from './geometry.js';

/** The verbs that a diagram has for its user. Points are relative to the plot. */
export interface Steerable {
  zoom(factor: number, x?: number): void;
  pan(share: number): void;
  panPixels(pixels: number): void;
  fit(): void;
  /** True while the whole run is in view. */
  readonly isWhole: boolean;
  hover(point: Point | undefined): void;
  selectAt(point: Point): void;
  deselect(): void;
  /** Shows everything, or only what led to the violation. */
  toggleRest(): void;
  /** Moves the cursor to the next or the previous moment at which something happened. */
  step(direction: 1 | -1): void;
  /** Moves the cursor to the first or the last one. */
  stepToEnd(direction: 1 | -1): void;
  stepOperation(direction: 1 | -1): void;
  stepLane(direction: 1 | -1): void;
  stepWitness(): void;
}

/** A pointer that moved less than this between down and up has clicked. */
const CLICK_REACH = 4;
const LINE_HEIGHT = 16;

export function listenToPointer(plot: HTMLElement, diagram: Steerable): void {
  let dragFromX: number | undefined;
  let movedBy = 0;
  const pointOf = (event: MouseEvent) => {
    const box = plot.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  plot.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    dragFromX = event.clientX;
    movedBy = 0;
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener('pointermove', (event) => {
    if (dragFromX === undefined) {
      diagram.hover(pointOf(event));
      return;
    }
    const byX = event.clientX - dragFromX;
    movedBy += Math.abs(byX);
    if (movedBy < CLICK_REACH) return;
    dragFromX = event.clientX;
    plot.classList.add('dragging');
    diagram.hover(undefined);
    diagram.panPixels(-byX);
  });
  const release = (event: PointerEvent) => {
    if (event.type === 'pointerup' && dragFromX !== undefined && movedBy < CLICK_REACH) {
      diagram.selectAt(pointOf(event));
    }
    dragFromX = undefined;
    plot.classList.remove('dragging');
  };
  plot.addEventListener('pointerup', release);
  plot.addEventListener('pointercancel', release);
  plot.addEventListener('pointerleave', () => diagram.hover(undefined));
  plot.addEventListener(
    'wheel',
    (event) => {
      const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1;
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        if (diagram.isWhole) return;
        event.preventDefault();
        diagram.panPixels(sideways * scale);
        return;
      }
      // Without a key the page scrolls.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      diagram.zoom(Math.exp((event.deltaY * scale) / 400), pointOf(event).x);
    },
    { passive: false },
  );
}

export function listenToKeys(plot: HTMLElement, diagram: Steerable): void {
  const actions: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    '+': () => diagram.zoom(0.5),
    '=': () => diagram.zoom(0.5),
    '-': () => diagram.zoom(2),
    '0': () => diagram.fit(),
    Home: () => diagram.stepToEnd(-1),
    End: () => diagram.stepToEnd(1),
    ArrowLeft: (event) => (event.shiftKey ? diagram.pan(-0.2) : diagram.step(-1)),
    ArrowRight: (event) => (event.shiftKey ? diagram.pan(0.2) : diagram.step(1)),
    ArrowUp: () => diagram.stepLane(-1),
    ArrowDown: () => diagram.stepLane(1),
    n: () => diagram.stepOperation(1),
    p: () => diagram.stepOperation(-1),
    w: () => diagram.stepWitness(),
    a: () => diagram.toggleRest(),
    Escape: () => diagram.deselect(),
  };
  plot.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action === undefined) return;
    event.preventDefault();
    action(event);
  });
}

export const KEYS =
  'Click an operation or a message for its details. ← and → step through what happened; Home and End go to the ends. + and −, or Ctrl and the wheel, zoom; drag, or Shift with ← and →, to move; 0 shows all. N and P step through operations, ↑ and ↓ through nodes, W through witnesses. A shows all messages of a violated run, or only those that led to the violation; Escape deselects, then hides the others. Click the name of a lane to hide it, Shift-click to see it alone.';
